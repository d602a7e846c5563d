"""A stored record that is written over, and put back: for whatever is to say that it cannot be read."""

from archive.store.collection import Collection


class Damage:
    """Of the first capture of an address."""

    def __init__(self, collection: Collection, url: str) -> None:
        self.line = collection.captures_of(url)[0]
        self._path = collection.resolve(self.line.filename)
        self._whole = self._path.read_bytes()
        self._end = self.line.offset + self.line.length
        self._path.chmod(0o644)

    @property
    def member(self) -> bytearray:
        """The gzip member as it was, to be changed and written."""
        return bytearray(self._whole[self.line.offset : self._end])

    def write(self, member: bytes | bytearray) -> None:
        """In its place, as long as it was."""
        assert len(member) == self.line.length
        self._path.write_bytes(self._whole[: self.line.offset] + member + self._whole[self._end :])
