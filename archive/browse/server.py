"""Datasette over the catalogue, on loopback."""

import asyncio
import importlib.util
import socket
from pathlib import Path
from typing import Any

from archive.browse.home import Home
from archive.errors import ArchiveError

HOST = "127.0.0.1"
_HERE = Path(__file__).parent


class BrowseError(ArchiveError):
    """Browse cannot start: Datasette is not installed, or its port is taken."""

    exit_code = 2


class Browse:
    """The pages of a home's catalogue. `port` 0 takes a free one; the socket is bound when this is made."""

    def __init__(self, home: Path, catalogue: Path, port: int = 0) -> None:
        if importlib.util.find_spec("datasette") is None:
            raise BrowseError(
                "browse needs Datasette, which is not installed: "
                "pip install 'policy-archive[browse,replay]', or '.[browse,replay]' in a checkout"
            )
        self._catalogue = catalogue
        self._home = Home(home)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
            self._socket.listen(128)  # whoever is told the address may ask at once
        except OSError as error:
            raise BrowseError(
                f"port {port} on {HOST} cannot be had ({error.strerror}): another one? (--port)"
            ) from None

    @property
    def base(self) -> str:
        """The home page."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}/"

    def run(self) -> None:
        """Serves until Ctrl-C or SIGTERM."""
        import uvicorn

        server = uvicorn.Server(
            uvicorn.Config(self._application(), log_level="error", lifespan="off", access_log=False)
        )
        try:
            asyncio.run(server.serve(sockets=[self._socket]))
        finally:
            self._home.close()

    def _application(self) -> Any:
        return application(self._home, self._catalogue).app()


def application(home: Home, catalogue: Path) -> Any:
    """A Datasette that has our plugin. One a process: plugins are registered for all of it."""
    from datasette.app import Datasette
    from datasette.plugins import pm

    from archive.browse.plugin import DATABASE, Plugin

    if pm.has_plugin("policy-archive"):
        pm.unregister(name="policy-archive")
    pm.register(Plugin(home), name="policy-archive")
    return Datasette(
        files=[str(catalogue)],
        template_dir=str(_HERE / "templates"),
        static_mounts=[("assets", str(_HERE / "assets"))],
        metadata={
            "title": "policy-archive",
            "databases": {DATABASE: {"tables": {name: {"hidden": True} for name in ("search", "texts", "orders")}}},
        },
        settings={
            "default_page_size": 50, "max_returned_rows": 1000, "sql_time_limit_ms": 2000, "facet_time_limit_ms": 500,
            "suggest_facets": False, "allow_download": True, "num_sql_threads": 4,
        },
    )  # fmt: skip
