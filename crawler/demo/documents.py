"""Small valid files that publications bring with them: PNG, and a font. PDFs are made in pdf.py."""

import struct
import zlib
from base64 import b64decode


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


# "Demo Serif", made with fontTools: a space and a bullet (U+2022). Its letters are those of the font named behind it.
FONT = b64decode(
    b"d09GMgABAAAAAAGAAAoAAAAAA1AAAAE3AAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAABmAAPAo4RgE2AiQDDAsIAAQgBYIdByAbpAIgHoVxs3NEcy"
    b"aLIijO5ljloYiH+sN8+3evVv5zFLFMxDrlIh6hIEQgWixe+Ayb8wpGAXp0KFsNKMtDUGqZcx8/Kaa4IEktd5zBqSfeWtS8ANtO/Lil+tYWJBAU"
    b"aPDvrr21cFzRR7nJwS8y3oOB0vxXgrt+CtC7xigXB7J7AADogIbEHiOwx7oCQyU0vWv/P91rLt+fXwIACYZoGGMJKBCIqtlgUQ91WYwEwfPTHc"
    b"GkRX656NSsgv8xkz/wcQufO0P8NYLUQHC0jXaL0RhPAQBIsbygWmcUUgnYRiWZe4NhyhDNyFRT0gIDMxt7aEPAiJoIe7qhWbrRRAsMHMVt6GR6"
    b"3mT+clrOvqyKt9NqG5YcIuscQ2iytafITU6WZjKTuauNzkllcnK2tLejsBmspan06IwzEgAA"
)
