"""What a store that objects lie in can do, whichever it is, and how it says that it cannot."""

from pathlib import Path
from typing import Protocol

from archive.errors import CollectionError


class Passing(Exception):
    """The store did not answer, or asks to be left alone (503): to be tried again."""


class Exists(Exception):
    """There is an object of that name."""


class Backend(Protocol):
    """Objects by their keys. Missing ones are FileNotFoundError, what may go better later is Passing."""

    def create(self, key: str, source: bytes | Path) -> None:
        """Puts an object that is there whole or not at all; raises Exists where the name is taken."""

    def replace(self, key: str, source: Path) -> None:
        """Puts an object in the place of the one of that name: of what can be made again, and of nothing else."""

    def remove(self, key: str) -> None:
        """Removes such an object."""

    def get(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        """The bytes from `start` on, fewer at the end alone, and the object's size."""

    def size(self, key: str) -> int:
        """The object's size."""

    def names(self, prefix: str, after: str | None) -> list[str]:
        """The keys below `prefix` (a folder, with its slash), sorted; those behind `after` alone."""

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders in a folder."""


def first_line(error: BaseException) -> str:
    """What an error says, in a line: obstore's go on with what the store sent, and the source of it."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].partition(": <?xml")[0][:300]


def missing(name: str) -> CollectionError:
    """Of a library that an extra brings."""
    return CollectionError(
        f"collections in an object store need {name}, which is not installed: pip install 'policy-archive[objects]', "
        "or '.[objects]' in a checkout"
    )
