"""A PDF file's fonts: which characters a string's codes stand for, and how wide their glyphs are (ISO 32000-2, 9.5)."""

from collections.abc import Iterator
from typing import Any

from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject
from pypdf.generic._font import Font

REPLACEMENT = "\ufffd"  # of a glyph whose font does not say what it stands for


class Face:
    """A font: from codes to characters and widths in thousandths of the size."""

    def __init__(self, resource: DictionaryObject) -> None:
        font = Font.from_font_resource(resource)
        self.map, self.widths, self.encoding = font.character_map, font.character_widths, font.encoding
        self.default = float(self.widths.get("default", 500))
        self.space = 250.0
        self.unit = 1.0
        self.unknown = not font.interpretable
        if resource.get("/Subtype") == "/Type3":
            matrix = resource.get("/FontMatrix")
            if isinstance(matrix, ArrayObject) and len(matrix) == 6:
                self.unit = abs(float(matrix[0])) * 1000 or 1.0
        # A composite font without a map to Unicode numbers glyphs of its own: what they stand for is not told.
        self.mute = isinstance(self.encoding, str) and not self.map and _by_glyph(resource)

    def shown(self, codes: bytes) -> Iterator[tuple[str, float, bool]]:
        """Each code's characters, its width, and whether it is the single byte 32, which word spacing applies to."""
        if isinstance(self.encoding, str):
            raw = codes.decode(self.encoding, "surrogatepass" if self.encoding.startswith("utf-16") else "replace")
            for code in raw:
                text = REPLACEMENT if self.mute else self.map.get(code, code)
                yield text, float(self.widths.get(code, self.default)) * self.unit, False
            return
        for byte in codes:
            code = chr(byte)
            text = self.map.get(code)
            if text is None:
                named = self.encoding.get(byte, REPLACEMENT)
                text = REPLACEMENT if self.unknown else self.map.get(named, named)
            yield text, float(self.widths.get(code, self.default)) * self.unit, byte == 32


def _by_glyph(resource: DictionaryObject) -> bool:
    return str(resource.get("/Encoding", "")).startswith("/Identity")


class Fonts:
    """The fonts of one file, read once each: most pages of a file have the same ones."""

    def __init__(self) -> None:
        self._faces: dict[tuple[int, int], Face | None] = {}

    def face(self, resources: DictionaryObject, name: str) -> Face | None:
        """The font of that name; None where it is not there or cannot be read."""
        fonts = dictionary(resources.get("/Font"))
        reference = fonts.raw_get(name) if fonts is not None and name in fonts else None
        key = (reference.idnum, reference.generation) if isinstance(reference, IndirectObject) else None
        if key is not None and key in self._faces:
            return self._faces[key]
        resource = dictionary(reference)
        try:
            face = Face(resource) if resource is not None else None
        except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
            face = None  # damaged: its glyphs are told as unknown
        if key is not None:
            self._faces[key] = face
        return face


def dictionary(value: Any) -> DictionaryObject | None:
    """What stands there or is referred to, if it is a dictionary."""
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else None
