"""A port for a server that must know it before it listens."""

import os
import socket

_FIRST, _LAST = 20_000, 32_000  # below those that a system gives out by itself (Linux: 32768 and up; IANA: 49152)


def free() -> int:
    """One that nobody listens on now, and that no other program is given by chance until it is used."""
    begin = os.getpid() % (_LAST - _FIRST)
    for step in range(_LAST - _FIRST):
        port = _FIRST + (begin + step) % (_LAST - _FIRST)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:  # taken
            continue
        return port
    raise OSError(f"no port of {_FIRST} to {_LAST} is free")
