"""The ZIP of a package: names, places and sizes that no honest tool writes, and the folders that WACZ asks for."""

from collections import Counter
from collections.abc import Iterator

from archive.audit.finding import Finding, error, warning
from archive.errors import BadPackage
from archive.pack.directory import DEFLATED, ENCRYPTED, STORED, Directory, Entry
from archive.pack.manifest import PAGES

BOMB = 64 * 1024 * 1024  # unpacked bytes from which on an entry must not be packed as tightly as no real one is
TIGHTLY = 200  # unpacked bytes a packed one; text and indexes have 3 to 30, deflate's most is 1,032
WARCS = (".warc.gz", ".warc")
INDEXES = (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz", ".idx")
_WHERE = {"archive": WARCS, "indexes": INDEXES, "pages": (".jsonl",)}
_DESCRIPTOR = 24  # bytes that a streaming writer puts behind an entry (APPNOTE.TXT 4.3.9)
_REFUSE = "do not unpack it: no tool that makes packages writes this"
_MAKER = "the tool that made it breaks the standard: make the package again with another"


def check(directory: Directory) -> Iterator[tuple[Finding, Entry | None]]:
    """What is wrong with the container; with each finding the entry that must not be read further, if there is one."""
    names = Counter(entry.name for entry in directory.entries)
    for name, count in names.items():
        if count > 1:
            detail = f"there are {count} entries of that name: readers disagree on which one it is"
            yield error(name, "zip-duplicate", detail, _REFUSE), None
    for entry in directory.entries:
        if not entry.safe:
            detail = "the name leads out of the package, or cannot be a file's: it may overwrite what is not its own"
            yield error(repr(entry.name), "zip-name", detail, _REFUSE), None
        yield from _method(entry)
    yield from _places(directory)
    yield from ((finding, None) for finding in _folders(directory, names))


def _method(entry: Entry) -> Iterator[tuple[Finding, Entry | None]]:
    if entry.flags & ENCRYPTED:
        yield error(entry.name, "zip-method", "it is encrypted: nobody can read it", _MAKER), entry
    elif entry.method not in (STORED, DEFLATED):
        detail = f"it is compressed by method {entry.method}: readers know 0 (stored) and 8 (deflated)"
        yield error(entry.name, "zip-method", detail, _MAKER), entry
    elif entry.method == DEFLATED:
        if entry.size > BOMB and entry.size > TIGHTLY * entry.packed:
            detail = f"{entry.packed:,} bytes that unpack to {entry.size:,}: a bomb, and it is not unpacked here"
            yield error(entry.name, "zip-bomb", detail, _REFUSE), entry
        if entry.folder == "archive" or entry.name.endswith(".gz"):
            detail = "it is compressed once more: readers cannot find its records by their offsets"
            yield error(entry.name, "package-compressed", detail, "store it (ZIP method 0)"), None


def _places(directory: Directory) -> Iterator[tuple[Finding, Entry | None]]:
    """Entries that do not lie where the directory says, share bytes, or leave bytes that belong to none."""
    extents = []
    for entry in directory.entries:
        try:
            extents.append((*directory.extent(entry), entry))
        except BadPackage as problem:
            yield error(entry.name, "zip-header", str(problem), _REFUSE), entry
    extents.sort(key=lambda extent: extent[:2])
    end = 0
    for begin, behind, entry in extents:
        if begin < end:
            yield error(entry.name, "zip-overlap", "it shares its bytes with another entry", _REFUSE), entry
        elif begin - end > _DESCRIPTOR:
            yield _hidden(begin - end, end), None
        end = max(end, behind)
    if len(extents) == len(directory.entries) and directory.begins - end > _DESCRIPTOR + 20:  # ZIP64's own records
        yield _hidden(directory.begins - end, end), None
    if directory.behind:
        yield _hidden(directory.behind, directory.length - directory.behind), None


def _hidden(count: int, at: int) -> Finding:
    detail = f"{count:,} bytes from byte {at} on belong to no file: no hash and no signature covers them"
    return warning("the package", "zip-hidden", detail, "ask whoever made it what they are")


def _folders(directory: Directory, names: Counter[str]) -> Iterator[Finding]:
    if not any(name.startswith("archive/") and name.endswith(WARCS) for name in names):
        yield error("archive", "package-missing", "there is no WARC in it", _MAKER)
    if not any(name.startswith("indexes/") and name.endswith(INDEXES) for name in names):
        yield error("indexes", "package-missing", "there is no index in it: nothing can be replayed", _MAKER)
    if PAGES not in names:
        detail = "there is no list of pages: readers do not know where to begin"
        yield error(PAGES, "package-missing", detail, "make it again with a list (py-wacz: --detect-pages)")
    for entry in directory.entries:
        endings = _WHERE.get(entry.folder)
        if endings and not entry.is_folder and (entry.name.count("/") > 1 or not entry.name.endswith(endings)):
            detail = f"a file of another kind in {entry.folder}/: there may be none (WACZ 1.1.1)"
            yield error(entry.name, "package-strange-file", detail, "put it into a folder of its own")
