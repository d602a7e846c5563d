"""The demo's PDFs: valid, deterministic, drawn as real ones are."""

import re
import zlib

from crawler.demo.pdf import pdf
from crawler.demo.shaping import drawn


def test_pdf_is_whole_and_its_table_points_at_its_objects() -> None:
    made = pdf("ملف قضية", ["نصّ عربي طويل " * 400, "English text"])
    assert made == pdf("ملف قضية", ["نصّ عربي طويل " * 400, "English text"])
    start = int(made.rstrip().rsplit(b"\n", 2)[-2])
    assert made[start:].startswith(b"xref\n")
    offsets = [int(line[:10]) for line in made[start:].split(b"\n") if line.endswith(b" n ")]
    assert all(made[offset:].startswith(b"%d 0 obj" % n) for n, offset in enumerate(offsets, 1))
    assert len(re.findall(rb"/Type/Page/", made)) > 1


def test_glyphs_stand_from_left_to_right_in_their_shapes() -> None:
    made = pdf("t", ["قرار رقم ١٢", "Judgment no. 12"])
    streams = [zlib.decompress(body) for body in re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)]
    lines = [
        bytes.fromhex(shown.decode()).decode("utf-16-be")
        for stream in streams
        for shown in re.findall(rb"\[<([0-9a-f]+)>\] TJ", stream)
    ]
    assert lines == ["١٢ \ufee2\ufed7\ufead \ufead\ufe8d\ufeae\ufed7", "Judgment no. 12"]


def test_a_letter_carries_its_marks_and_joins_lam_with_alef() -> None:
    assert [(one.letter, one.marks) for one in drawn("ألّا")] == [("\ufefb", "\u0651"), ("\ufe83", "")]
