"""A PDF as programs make them that have no say in how it is read: Latin text as it runs, Arabic letters in their
shapes from left to right, and a map that says which glyph is which shape."""

import zlib
from collections.abc import Iterable, Sequence

from crawler.demo.shaping import drawn, is_rtl

LINES_A_PAGE = 40
COLUMNS = 88  # of 5.5 points
_WIDTH = 500  # of every glyph but the marks, in thousandths of the size
_SIZE, _LEADING, _LEFT, _RIGHT, _TOP = 11, 16, 50, 545, 790  # points


def wrap(paragraph: str) -> list[str]:
    """Lines of at most COLUMNS letters, broken between words."""
    lines, line = [], ""
    for word in paragraph.split():
        if line and len(line) + 1 + len(word) > COLUMNS:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def pdf(title: str, paragraphs: list[str], author: str | None = None, created: str = "20140201000000Z") -> bytes:
    """A PDF 1.7 of the paragraphs, a blank line between two. Glyph numbers are UTF-16 units and a ToUnicode map says
    so, though no font is embedded to draw them with."""
    lines = [line for paragraph in paragraphs for line in [*wrap(paragraph), ""]]
    pages = [lines[at : at + LINES_A_PAGE] for at in range(0, len(lines), LINES_A_PAGE)] or [[]]
    about = f"<</Title{_text_string(title)}/Producer(demo)/CreationDate(D:{created})"
    about += f"/Author{_text_string(author)}>>" if author else ">>"
    return of_contents([_contents(page) for page in pages], about=about.encode())


def of_contents(contents: Sequence[bytes], fonts: bytes = b"<</F1 3 0 R>>", about: bytes = b"<<>>") -> bytes:
    """A PDF whose pages have these content streams; F1 is the font of `pdf`."""
    first = 7
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(und)>>",
        f"<</Type/Pages/Count {len(contents)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/DemoSans/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/DemoSans/DW %d/W[1611 1618 0]"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/DemoSans/Flags 32/FontBBox[0 -200 1000 900]"
        b"/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>>>" % _WIDTH,
        stream(_TO_UNICODE),
        about,
    ]
    for n, content in enumerate(contents):
        resources = b"/MediaBox[0 0 595 842]/Resources<</Font%s>>" % fonts
        objects.append(b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R>>" % (resources, first + 2 * n + 1))
        objects.append(stream(content))
    return of_objects(objects)


def of_objects(objects: Iterable[bytes]) -> bytes:
    """A file of these objects, numbered from 1: the first is its catalogue, the sixth what it says of itself."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, start = len(offsets) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    out += b"trailer\n<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), entries, packed)


def _contents(lines: list[str]) -> bytes:
    shown = (
        f"1 0 0 1 {_start(line):g} {_TOP - _LEADING * n} Tm {_shown(line)} TJ\n" for n, line in enumerate(lines) if line
    )
    return f"BT /F1 {_SIZE} Tf\n{''.join(shown)}ET".encode()


def _start(line: str) -> float:
    """Where a line begins on the page: lines of Arabic end at the right margin."""
    return _RIGHT - len(drawn(line)) * _WIDTH * _SIZE / 1000 if is_rtl(line) else _LEFT


def _shown(line: str) -> str:
    """A line's glyphs; a mark is drawn in the middle of its letter."""
    parts, run = [], ""
    for one in drawn(line):
        run += one.letter
        if one.marks:
            parts += [_glyphs(run), str(_WIDTH // 2), *map(_glyphs, one.marks), str(-_WIDTH // 2)]
            run = ""
    return f"[{' '.join([*parts, _glyphs(run)] if run else parts)}]"


def _glyphs(text: str) -> str:
    return f"<{text.encode('utf-16-be').hex()}>"


def _text_string(text: str) -> str:
    return f"<feff{text.encode('utf-16-be').hex()}>"


# A bfrange may not cross a change of the first byte, so each row of 256 has its own.
_ROWS = (0x00, 0x06, 0x20, 0xFE)
_TO_UNICODE = (
    "/CIDInit/ProcSet findresource begin 12 dict begin begincmap"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Demo-UCS def/CMapType 2 def "
    "1 begincodespacerange <0000><ffff> endcodespacerange "
    f"{len(_ROWS)} beginbfrange {' '.join(f'<{row:02x}00><{row:02x}ff><{row:02x}00>' for row in _ROWS)} endbfrange "
    "endcmap CMapName currentdict/CMap defineresource pop end end"
).encode()
