"""A member's bytes, taken in order: a record's header, its block, what stands behind it."""

from collections.abc import Iterable, Iterator

from archive.audit.payload import Bytes

HEADER_LIMIT = 1024 * 1024  # bytes of a record's header
END = b"\r\n\r\n"


class Stream:
    """A member's bytes, taken in order."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._at = 0  # how much of the piece is taken

    def head(self) -> bytes | None:
        """A header with its blank line; None, and nothing taken, where there is no end of one."""
        read = self._piece[self._at :] if self._at else self._piece
        while (end := read.find(END)) < 0 and len(read) <= HEADER_LIMIT:
            piece = next(self._pieces, None)
            if piece is None:
                break
            read += piece
        self._piece, self._at = read, 0
        if end < 0:
            return None
        self._at = end + 4
        return read[: end + 4]

    def take(self, count: int) -> Iterable[Bytes]:
        """The next `count` bytes, or as many as there are."""
        end = self._at + count
        if end <= len(self._piece):  # nearly always: pages are small
            at, self._at = self._at, end
            return (memoryview(self._piece)[at:end],)
        return self._take(count)

    def _take(self, count: int) -> Iterator[Bytes]:
        while count and self._fill():
            mine = memoryview(self._piece)[self._at : self._at + count]
            self._at += len(mine)
            count -= len(mine)
            yield mine

    def begins(self, wanted: bytes) -> bool:
        """Whether the next bytes are these; takes nothing."""
        while len(self._piece) - self._at < len(wanted):
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._piece, self._at = self._piece[self._at :] + piece, 0
        return self._piece.startswith(wanted, self._at)

    def drain(self) -> int:
        """Takes all that is left; how many bytes that were."""
        count = len(self._piece) - self._at + sum(len(piece) for piece in self._pieces)
        self._piece, self._at = b"", 0
        return count

    def _fill(self) -> bool:
        while self._at == len(self._piece):
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._piece, self._at = piece, 0
        return True
