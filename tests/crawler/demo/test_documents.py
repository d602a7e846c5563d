"""The small files: valid, deterministic, with text in both scripts."""

import re
import struct
import zlib

from crawler.demo import documents


def test_pdf_is_whole_and_its_table_points_at_its_objects() -> None:
    made = documents.pdf("ملف قضية", ["نصّ عربي طويل " * 400, "English text"])
    assert made == documents.pdf("ملف قضية", ["نصّ عربي طويل " * 400, "English text"])
    start = int(made.rstrip().rsplit(b"\n", 2)[-2])
    assert made[start:].startswith(b"xref\n")
    offsets = [int(line[:10]) for line in made[start:].split(b"\n") if line.endswith(b" n ")]
    assert all(made[offset:].startswith(b"%d 0 obj" % n) for n, offset in enumerate(offsets, 1))
    assert len(re.findall(rb"/Type/Page/", made)) > 1


def test_pdf_text_can_be_taken_out() -> None:
    made = documents.pdf("t", ["قرار المحكمة رقم ١٢", "Judgment no. 12"])
    streams = [zlib.decompress(body) for body in re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)]
    text = "\n".join(
        bytes.fromhex(drawn.decode()).decode("utf-16-be")
        for stream in streams
        for drawn in re.findall(rb"<([0-9a-f]+)>Tj", stream)
    )
    assert text.split("\n") == ["قرار المحكمة رقم ١٢", "Judgment no. 12"]


def test_png_holds_what_its_head_says() -> None:
    made = documents.png(30, 17, 0x80FF20)
    assert struct.unpack(">II", made[16:24]) == (30, 17)
    length = struct.unpack(">I", made[33:37])[0]
    rows = zlib.decompress(made[41 : 41 + length])
    assert len(rows) == 17 * (1 + 30 * 3)
    assert zlib.crc32(made[37 : 41 + length]) == struct.unpack(">I", made[41 + length : 45 + length])[0]


def test_font_is_as_long_as_it_says() -> None:
    assert struct.unpack(">I", documents.FONT[8:12])[0] == len(documents.FONT)
