"""Small valid files that publications bring with them: PDF with text in both scripts, PNG, and a font's stand-in."""

import struct
import zlib

LINES_A_PAGE = 40
COLUMNS = 88


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


def pdf(title: str, paragraphs: list[str]) -> bytes:
    """A PDF 1.7 of the paragraphs, in reading order. Glyph numbers are UTF-16 units and a ToUnicode map says so: the
    text can be taken out, Arabic too,
    though no font is embedded to draw it with."""
    lines = [line for paragraph in paragraphs for line in [*wrap(paragraph), ""]]
    pages = [lines[at : at + LINES_A_PAGE] for at in range(0, len(lines), LINES_A_PAGE)] or [[]]
    first = 7
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(und)>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{first + 2 * n} 0 R' for n in range(len(pages)))}]>>".encode(),  # noqa: E501
        b"<</Type/Font/Subtype/Type0/BaseFont/DemoSans/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/DemoSans/DW 500"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/DemoSans/Flags 32/FontBBox[0 -200 1000 900]"
        b"/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>>>",
        _stream(_TO_UNICODE),
        f"<</Title{_text_string(title)}/Producer(demo)/CreationDate(D:20140201000000Z)>>".encode(),
    ]
    for n, page in enumerate(pages):
        drawn = "".join(f"<{line.encode('utf-16-be').hex()}>Tj T*\n" for line in page)
        contents = first + 2 * n + 1
        resources = "/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R{resources}/Contents {contents} 0 R>>".encode())
        objects.append(_stream(f"BT /F1 11 Tf 16 TL 50 790 Td\n{drawn}ET".encode()))
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, start = len(objects) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    out += b"trailer\n<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


def _text_string(text: str) -> str:
    return f"<feff{text.encode('utf-16-be').hex()}>"


# A bfrange may not cross a change of the first byte, so each row of 256 has its own.
_ROWS = (0x00, 0x06, 0x20)
_TO_UNICODE = (
    "/CIDInit/ProcSet findresource begin 12 dict begin begincmap"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Demo-UCS def/CMapType 2 def "
    "1 begincodespacerange <0000><ffff> endcodespacerange "
    f"{len(_ROWS)} beginbfrange {' '.join(f'<{row:02x}00><{row:02x}ff><{row:02x}00>' for row in _ROWS)} endbfrange "
    "endcmap CMapName currentdict/CMap defineresource pop end end"
).encode()


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
