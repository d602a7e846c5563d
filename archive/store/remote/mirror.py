"""The working folders of the collections of a home that lies in a store."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archive import folder_names
from archive.errors import CollectionBusy, CollectionError
from archive.store.lock import Lock
from archive.store.remote import address, objects
from archive.store.remote.adopt import adopt
from archive.store.remote.remote import Remote

_AT_ONCE = 8  # collections: each is a few requests, and the store's answers are waited for


def bring(folder: Path, create: bool = False) -> None:
    """Brings a collection's working folder up to what the store has; where a process of this machine writes to it,
    that one knows best, and it is left as it is. Of a home that is a folder and no more there is nothing to bring.

    One that was made in that folder and is not in the store is put there. Raises CollectionError where there is no such
    collection and it is not to be made.
    """
    home = address.of_home(folder.parent.parent)
    if home is None:
        return
    remote = Remote(f"{home}/{address.COLLECTIONS}/{folder.name}", folder)
    state = folder / "state"
    if address.of_collection(state) is None:
        if (folder / "collection.toml").exists():
            _adopt(remote, Lock(state / "lock"))
        elif not remote.exists() and not create:
            there = ", ".join(objects.at(home).folders(f"{address.COLLECTIONS}/"))
            hint = f"there are: {there}" if there else "there are none yet; `crawl` makes one"
            raise CollectionError(f"no collection {folder.name!r} in {home} ({hint}; --home names another place)")
        address.bind(state, remote.url)
    lock = Lock(state / "lock")
    try:
        lock.take()
    except CollectionBusy:
        return
    try:
        remote.pull()
    finally:
        lock.release()


def exists(folder: Path) -> bool:
    """Whether the store that its home works for has the collection; no home that is a folder and no more has one."""
    home = address.of_home(folder.parent.parent)
    return home is not None and Remote(f"{home}/{address.COLLECTIONS}/{folder.name}", folder).exists()


def _adopt(remote: Remote, lock: Lock) -> None:
    lock.take()
    try:
        adopt(remote)
        remote.push()
    finally:
        lock.release()


def bring_all(home: Path) -> None:
    """Brings all collections of a home."""
    url = address.of_home(home)
    if url is None:
        return
    folder = home / address.COLLECTIONS
    folder.mkdir(exist_ok=True)
    names = objects.at(url).folders(f"{address.COLLECTIONS}/")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(bring, [folder / name for name in names if folder_names.mistake(name) is None]):
            pass
