"""Small valid files that publications bring with them: PNG, and a font's stand-in. PDFs are made in pdf.py."""

import struct
import zlib


def png(width: int, height: int, colour: int) -> bytes:
    """A plain rectangle with a darker frame; `colour` is 0xRRGGBB."""
    pixel = colour.to_bytes(3, "big")
    frame = bytes(channel // 2 for channel in pixel)
    row = b"\0" + frame + pixel * (width - 2) + frame
    edge = b"\0" + frame * width
    raw = edge + row * (height - 2) + edge
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(raw, 1))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


FONT = (
    b"wOF2\0\x01\0\0" + struct.pack(">I", 2_048) + bytes(n * 37 % 256 for n in range(2_036))
)  # right in its first bytes and its length alone
