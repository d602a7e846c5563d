"""What may name a folder, and be a part of file names, on every system."""

import re

# Devices of Windows, whatever follows behind a dot.
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10))})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHOWN = 80  # characters of a name that is refused


def mistake(name: str) -> str | None:
    """Why a name cannot name a collection's folder; None where it can."""
    shown = ascii(name[:_SHOWN]) + ("..." if len(name) > _SHOWN else "")
    if not _NAME.fullmatch(name) or name.endswith("."):
        return f"collection name {shown}: take letters a-z, digits, '.', '_', '-', 100 at most"
    if name.partition(".")[0].lower() in RESERVED:
        return f"collection name {shown} is a device's on Windows, and names no folder there: take another"
    return None
