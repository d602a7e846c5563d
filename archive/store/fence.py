"""Who may write to a collection where many machines might: the holder of a lease, whose number no earlier one has.

A process that was frozen and wakes does not know that another has taken its place. So it asks before each write, and
what it writes says its number: a file of a lower number than the file before it is no owner's.
"""

from contextlib import AbstractContextManager
from typing import Protocol


class Fence(Protocol):
    """The right of one owner; the crawler has it from a database (crawler/frontier/lease.py)."""

    owner: str  # machine and process
    fence: int  # grows by one with each owner

    def check(self) -> None:
        """Whether the lease lasts still, by the clock alone. Raises LostLock."""
        ...

    def held(self) -> AbstractContextManager[None]:
        """While it lasts, nobody can take the collection over. Raises LostLock."""
        ...
