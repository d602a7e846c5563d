"""A PDF page's content stream as glyphs with their places: what is drawn where, and which characters it stands for.

pypdf reads the file, its fonts and their character maps; its own text mode puts the words of a line of Arabic, and
the digits of a number in it, in the order in which they were drawn. So the content stream is interpreted here
(ISO 32000-2, 9.4), and pdf_lines.py makes text of the places. Other than in pypdf, `ActualText` counts: it is what
Chromium and InDesign say of glyphs that stand for other characters than their font tells.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from archive.extract.pdf_fonts import REPLACEMENT, Face, Fonts, dictionary
from archive.extract.pdf_operators import Name, operations

# Limits are counts, so that they cut at the same place on every machine (contracts.md).
MAX_TOKENS = 1_500_000  # of a page: a dense page printed by Chromium has 80,000, a map drawn in lines 500,000
MAX_GLYPHS = 100_000  # of a page: a page of a newspaper has 30,000
MAX_STREAM = 32 * 1024 * 1024  # bytes of a content stream, decoded
MAX_FORMS = 500  # form XObjects drawn on a page, and how deep they may stand in each other
MAX_FORM_DEPTH = 8
MAX_SAVED = 512  # graphics states on the stack; the standard's own limit was 28
MAX_ACTUAL_TEXT = 2_000  # characters

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Glyph(NamedTuple):
    """Something drawn. `along` and `end` are its sides on the line in the line's direction, `across` is the line's
    own place, larger upwards; all in the units of the page, turned so that the line runs to the right.
    """

    turn: int  # quarter turns of the line
    along: float
    end: float
    across: float
    size: float
    text: str
    actual: bool  # said by ActualText: logical order, and brackets as they are meant


class TooMuch(Exception):
    """A page passed a limit. Raised while its glyphs are gathered; those that are there count."""


@dataclass(slots=True)
class _State:
    """What `q` saves and `Q` brings back, as far as text needs it."""

    ctm: Matrix = IDENTITY
    font: Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0

    def copy(self) -> "_State":
        return _State(
            self.ctm, self.font, self.size, self.spacing, self.word_spacing, self.scale, self.leading, self.rise
        )


@dataclass(slots=True)
class _Marked:
    """A piece of marked content that says what its glyphs stand for."""

    text: str | None
    first: int  # the glyphs that were there before


@dataclass(slots=True)
class Page:
    """Draws a page: `draw` its content, then `glyphs` has what stands on it."""

    fonts: Fonts
    glyphs: list[Glyph] = field(default_factory=list)
    unread: int = 0  # forms that could not be read
    tokens: int = 0
    forms: int = 0

    def draw(self, data: bytes, resources: DictionaryObject, ctm: Matrix = IDENTITY, depth: int = 0) -> None:
        """Adds the glyphs of a content stream. Raises TooMuch at a limit."""
        drawing = _Drawing(self, resources, _State(ctm=ctm), depth)
        for name, operands in operations(data, self._spend):
            handler = _HANDLERS.get(name)
            if handler is None:
                continue
            try:
                handler(drawing, operands)
            except (IndexError, TypeError, ValueError, OverflowError):
                continue  # operands that are not there or not of their type: the operator does nothing
        drawing.close()

    def _spend(self) -> None:
        self.tokens += 1
        if self.tokens > MAX_TOKENS or len(self.glyphs) > MAX_GLYPHS:
            raise TooMuch


class _Drawing:
    """The state of one content stream."""

    def __init__(self, page: Page, resources: DictionaryObject, state: _State, depth: int) -> None:
        self.page = page
        self.resources = resources
        self.state = state
        self.depth = depth
        self.saved: list[_State] = []
        self.matrix = self.line = IDENTITY
        self.marked: list[_Marked] = []

    # Graphics state

    def save(self, _: list[Any]) -> None:
        if len(self.saved) < MAX_SAVED:
            self.saved.append(self.state.copy())

    def restore(self, _: list[Any]) -> None:
        if self.saved:
            self.state = self.saved.pop()

    def transform(self, operands: list[Any]) -> None:
        self.state.ctm = _times(_matrix(operands), self.state.ctm)

    def form(self, operands: list[Any]) -> None:
        """`Do`: a form XObject is drawn as if its content stood here."""
        forms = dictionary(self.resources.get("/XObject"))
        form = forms.get(operands[0]) if forms is not None else None
        form = form.get_object() if form is not None else None
        if not isinstance(form, StreamObject) or form.get("/Subtype") != "/Form":
            return
        self.page.forms += 1
        if self.depth >= MAX_FORM_DEPTH or self.page.forms > MAX_FORMS:
            raise TooMuch
        matrix = form.get("/Matrix")
        ctm = _times(_matrix([float(value) for value in matrix]), self.state.ctm) if matrix else self.state.ctm
        try:
            data = form.get_data()
        except (PyPdfError, ValueError, KeyError, RecursionError):
            self.page.unread += 1
            return
        if len(data) > MAX_STREAM:
            raise TooMuch
        self.page.draw(data, dictionary(form.get("/Resources")) or self.resources, ctm, self.depth + 1)

    # Marked content

    def begin_marked(self, operands: list[Any]) -> None:
        """`BDC`: its properties may say what the glyphs inside stand for."""
        properties = operands[1] if len(operands) > 1 else None
        text: str | None = None
        if isinstance(properties, list):
            for key, value in zip(properties[::2], properties[1::2], strict=False):
                if key == "/ActualText" and isinstance(value, bytes):
                    text = _text_string(value)
        elif isinstance(properties, Name):
            named = dictionary(self.resources.get("/Properties"))
            found = dictionary(named.get(properties)) if named is not None else None
            said = found.get("/ActualText") if found is not None else None
            text = str(said)[:MAX_ACTUAL_TEXT] if isinstance(said, str) else None
        self._mark(text)

    def begin_unmarked(self, _: list[Any]) -> None:
        self._mark(None)

    def _mark(self, text: str | None) -> None:
        if len(self.marked) >= MAX_SAVED:
            raise TooMuch
        self.marked.append(_Marked(text, len(self.page.glyphs)))

    def end_marked(self, _: list[Any]) -> None:
        if not self.marked:
            return
        marked = self.marked.pop()
        glyphs = self.page.glyphs
        if marked.text is None or len(glyphs) <= marked.first:
            return
        inside = [glyph for glyph in glyphs[marked.first :] if abs(glyph.across - glyphs[marked.first].across) < 99]
        first = inside[0]
        whole = first._replace(
            along=min(glyph.along for glyph in inside),
            end=max(glyph.end for glyph in inside),
            across=max(inside, key=lambda glyph: glyph.end - glyph.along).across,
            text=marked.text,
            actual=True,
        )
        glyphs[marked.first :] = [whole]

    def close(self) -> None:
        while self.marked:
            self.end_marked([])

    # Text state

    def begin_text(self, _: list[Any]) -> None:
        self.matrix = self.line = IDENTITY

    def font(self, operands: list[Any]) -> None:
        self.state.size = float(operands[1])
        self.state.font = self.page.fonts.face(self.resources, operands[0])

    def spacing(self, operands: list[Any]) -> None:
        self.state.spacing = float(operands[0])

    def word_spacing(self, operands: list[Any]) -> None:
        self.state.word_spacing = float(operands[0])

    def scale(self, operands: list[Any]) -> None:
        self.state.scale = float(operands[0]) / 100

    def leading(self, operands: list[Any]) -> None:
        self.state.leading = float(operands[0])

    def rise(self, operands: list[Any]) -> None:
        self.state.rise = float(operands[0])

    # Text position

    def move(self, operands: list[Any]) -> None:
        self.matrix = self.line = _times((1.0, 0.0, 0.0, 1.0, float(operands[0]), float(operands[1])), self.line)

    def move_leading(self, operands: list[Any]) -> None:
        self.state.leading = -float(operands[1])
        self.move(operands)

    def place(self, operands: list[Any]) -> None:
        self.matrix = self.line = _matrix(operands)

    def next_line(self, _: list[Any]) -> None:
        self.move([0.0, -self.state.leading])

    # Text

    def show(self, operands: list[Any]) -> None:
        self._show(operands[-1])

    def show_parts(self, operands: list[Any]) -> None:
        """`TJ`: strings, and numbers that move what follows, in thousandths of the size."""
        for part in operands[-1]:
            if isinstance(part, bytes):
                self._show(part)
            elif isinstance(part, float):
                self._advance(-part / 1000 * self.state.size * self.state.scale)

    def show_next(self, operands: list[Any]) -> None:
        self.next_line([])
        self.show(operands)

    def show_spaced(self, operands: list[Any]) -> None:
        self.state.word_spacing, self.state.spacing = float(operands[0]), float(operands[1])
        self.show_next(operands)

    def _advance(self, by: float) -> None:
        a, b, c, d, e, f = self.matrix
        self.matrix = (a, b, c, d, e + by * a, f + by * b)

    def _show(self, codes: bytes) -> None:
        state = self.state
        if not isinstance(codes, bytes) or state.font is None:
            if isinstance(codes, bytes) and codes.strip():
                self._add(REPLACEMENT, 0.5 * state.size * max(1, len(codes) // 2))
            return
        for text, width, is_space in state.font.shown(codes):
            by = (width / 1000 * state.size + state.spacing + (state.word_spacing if is_space else 0)) * state.scale
            self._add(text, by)
            self._advance(by)

    def _add(self, text: str, width: float) -> None:
        state = self.state
        a, b, c, d, e, f = self.matrix
        ca, cb, cc, cd, ce, cf = state.ctm
        x0, y0 = e + state.rise * c, f + state.rise * d
        x1, y1 = x0 + width * a, y0 + width * b
        start = (x0 * ca + y0 * cc + ce, x0 * cb + y0 * cd + cf)
        end = (x1 * ca + y1 * cc + ce, x1 * cb + y1 * cd + cf)
        right, up = a * ca + b * cc, a * cb + b * cd  # where the line runs
        size = abs(state.size) * ((c * ca + d * cc) ** 2 + (c * cb + d * cd) ** 2) ** 0.5
        if abs(up) > abs(right):
            turn = 1 if up > 0 else 3
            along = sorted((start[1], end[1]) if turn == 1 else (-start[1], -end[1]))
            across = -start[0] if turn == 1 else start[0]
        else:
            # Text that is drawn to the left, as in a mirror, is so of an Arabic page read by machine; text that
            # stands on its head has its line's other axis turned too.
            upside_down = right < 0 and c * cb + d * cd < 0
            turn = 2 if upside_down else 0
            along = sorted((-start[0], -end[0]) if upside_down else (start[0], end[0]))
            across = -start[1] if upside_down else start[1]
        self.page.glyphs.append(Glyph(turn, along[0], along[1], across, size, text, False))


def _matrix(operands: list[Any]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in operands[-6:])
    return a, b, c, d, e, f


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _text_string(value: bytes) -> str:
    if value[:2] == b"\xfe\xff":
        return value[2 : 2 + 2 * MAX_ACTUAL_TEXT].decode("utf-16-be", "replace")
    if value[:3] == b"\xef\xbb\xbf":
        return value[3 : 3 + MAX_ACTUAL_TEXT].decode("utf-8", "replace")
    return value[:MAX_ACTUAL_TEXT].decode("latin-1")


_HANDLERS: dict[str, Callable[[_Drawing, list[Any]], None]] = {
    "q": _Drawing.save, "Q": _Drawing.restore, "cm": _Drawing.transform, "Do": _Drawing.form,
    "BDC": _Drawing.begin_marked, "BMC": _Drawing.begin_unmarked, "EMC": _Drawing.end_marked,
    "BT": _Drawing.begin_text, "Tf": _Drawing.font, "Tc": _Drawing.spacing, "Tw": _Drawing.word_spacing,
    "Tz": _Drawing.scale, "TL": _Drawing.leading, "Ts": _Drawing.rise, "Td": _Drawing.move,
    "TD": _Drawing.move_leading, "Tm": _Drawing.place, "T*": _Drawing.next_line, "Tj": _Drawing.show,
    "TJ": _Drawing.show_parts, "'": _Drawing.show_next, '"': _Drawing.show_spaced,
}  # fmt: skip
