"""The small files: valid and deterministic."""

import struct
import zlib

from crawler.demo import documents


def test_png_holds_what_its_head_says() -> None:
    made = documents.png(30, 17, 0x80FF20)
    assert struct.unpack(">II", made[16:24]) == (30, 17)
    length = struct.unpack(">I", made[33:37])[0]
    rows = zlib.decompress(made[41 : 41 + length])
    assert len(rows) == 17 * (1 + 30 * 3)
    assert zlib.crc32(made[37 : 41 + length]) == struct.unpack(">I", made[41 + length : 45 + length])[0]


def test_font_is_as_long_as_it_says() -> None:
    assert documents.FONT.startswith(b"wOF2\0\1\0\0")
    assert struct.unpack(">I", documents.FONT[8:12])[0] == len(documents.FONT)
