"""What the pages need beside the catalogue: the collections themselves, and replay on its own origin, begun when it is
first asked for.
"""

import threading
from contextlib import ExitStack
from pathlib import Path

from archive.replay.server import Wayback, recovered
from archive.store.collection import Collection


class Home:
    """The collections of a home. `close` ends every replay that was begun."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._replays: dict[str, Wayback] = {}
        self._running = ExitStack()
        self._begins = threading.Lock()

    def collection(self, name: str) -> Collection | None:
        """The collection of that name; None where there is none. The name is a stranger's."""
        folder = self.path / "collections" / name
        if Path(name).name != name or not (folder / "collection.toml").is_file():
            return None
        return Collection.open(folder)

    def replay(self, name: str) -> Wayback | None:
        """pywb over that collection, on a port of its own."""
        with self._begins:
            if name not in self._replays:
                collection = self.collection(name)
                if collection is None:
                    return None
                recovered(collection)
                self._replays[name] = self._running.enter_context(Wayback(collection))
            return self._replays[name]

    def close(self) -> None:
        self._running.close()
        self._replays.clear()
