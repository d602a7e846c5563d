"""Pictures of pages as small PNG: 256 colours are more than a page of text needs, and a third of the bytes."""

import base64
import struct
import zlib
from array import array
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser

_COLOURS = 256
_HEAD = b"\x89PNG\r\n\x1a\n"
_PIXELS = """async source => {
  const picture = new Image();
  picture.src = source;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height), area = [0, 0, picture.width, picture.height];
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(...area).data;
  const parts = [];
  for (let at = 0; at < pixels.length; at += 32768)
    parts.push(String.fromCharCode(...pixels.subarray(at, at + 32768)));
  return [picture.width, picture.height, btoa(parts.join(""))];
}"""


def save(path: Path, taken: bytes, title: str, browser: Browser) -> None:
    """Writes a screenshot that the browser took, with the title of its page in it. The browser reads its pixels."""
    page = browser.new_page()
    width, height, pixels = page.evaluate(_PIXELS, "data:image/png;base64," + base64.b64encode(taken).decode())
    page.close()
    path.write_bytes(_written(width, height, base64.b64decode(pixels), title))


def _written(width: int, height: int, pixels: bytes, title: str) -> bytes:
    """A PNG with a palette, of red, green, blue and alpha for each pixel."""
    packed = array("I", pixels)
    counts = Counter(packed)
    palette = [colour for colour, _ in counts.most_common(_COLOURS)]
    places = {colour: place for place, colour in enumerate(palette)}
    parts = [colour.to_bytes(4, "little")[:3] for colour in palette]
    for colour in counts:
        if colour not in places:
            own = colour.to_bytes(4, "little")[:3]
            places[colour] = min(range(len(parts)), key=lambda place: _distance(parts[place], own))
    rows = bytes(places[colour] for colour in packed)
    lines = b"".join(b"\0" + rows[at : at + width] for at in range(0, len(rows), width))
    return _HEAD + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"iTXt", b"Title\0\0\0\0\0" + title.encode()),
            _chunk(b"PLTE", b"".join(parts)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def read(path: Path) -> tuple[int, int, str]:
    """Width, height and title of a picture that `save` has written."""
    data = path.read_bytes()
    assert data.startswith(_HEAD), f"{path} is no PNG"
    width, height = struct.unpack(">II", data[16:24])
    at, title = 8, ""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content), path
        if kind == b"iTXt":
            title = content.removeprefix(b"Title\0\0\0\0\0").decode()
        at += length + 12
    return width, height, title
