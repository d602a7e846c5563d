"""Which character set a page is read in: byte order mark, header, meta, UTF-8, a guess; what is doubtful is told."""

from dataclasses import dataclass

import pytest

from archive.extract.charset import decode

ARABIC = "الحرية للصحفيين، والعدالة للضحايا؛ هل من مجيب؟"
FRENCH = "Les réfugiés à l’étranger – déjà vus"
GUESSED, ERRORS, DISAGREE = "charset_guessed", "charset_errors", "charset_conflict"


def page(text: str, meta: str | None = None, lang: str = "ar") -> str:
    named = f'<meta charset="{meta}">' if meta else ""
    return f"<html lang={lang}><head>{named}</head><body><p>{text}</p></body></html>"


@dataclass(frozen=True)
class Golden:
    """Bytes, what the header names, the text that must be read, and the doubts that must be told."""

    sent: bytes
    header: str | None
    text: str = ARABIC
    warnings: tuple[str, ...] = ()


GOLDEN = {
    "header and meta agree": Golden(page(ARABIC, "utf-8").encode(), "utf-8"),
    "one set by two names is no conflict": Golden(page(FRENCH, "latin1").encode("cp1252"), "iso-8859-1", FRENCH),
    "nothing is named, and it is UTF-8": Golden(page(ARABIC).encode(), None),
    "header lies, meta is right": Golden(page(ARABIC, "utf-8").encode(), "iso-8859-1", ARABIC, (DISAGREE,)),
    "header lies, nothing else says so": Golden(page(ARABIC).encode(), "windows-1252", ARABIC, (GUESSED,)),
    "meta lies, header is right": Golden(page(ARABIC, "utf-8").encode("cp1256"), "windows-1256", ARABIC, (DISAGREE,)),
    "header says UTF-8, meta is right": Golden(
        page(ARABIC, "windows-1256").encode("cp1256"), "utf-8", ARABIC, (DISAGREE,)
    ),
    "both lie": Golden(page(ARABIC, "latin1").encode(), "windows-1252", ARABIC, (GUESSED,)),
    "a mark of UTF-8 overrules the header": Golden(
        b"\xef\xbb\xbf" + page(ARABIC, "latin1").encode(), "windows-1256", ARABIC, (DISAGREE,)
    ),
    "a mark of UTF-16": Golden(page(ARABIC).encode("utf-16"), None),
    "a mark of UTF-16, big end first": Golden(b"\xfe\xff" + page(ARABIC).encode("utf-16-be"), "utf-16"),
    "a mark of UTF-16 under a header of UTF-8": Golden(page(ARABIC).encode("utf-16"), "utf-8", ARABIC, (DISAGREE,)),
    "UTF-16 without a mark": Golden((page(ARABIC) + " " * 400).encode("utf-16-le"), None, ARABIC, (GUESSED,)),
    "UTF-8 whose meta says UTF-16": Golden(page(ARABIC, "utf-16").encode(), None),
    "windows-1256 by header": Golden(page(ARABIC).encode("cp1256"), "windows-1256"),
    "windows-1256 by its other name": Golden(page(ARABIC, "cp1256").encode("cp1256"), None),
    "iso-8859-6": Golden(page(ARABIC).encode("iso-8859-6"), "ISO-8859-6"),
    "windows-1256 that nobody names": Golden(page(ARABIC).encode("cp1256"), None, ARABIC, (GUESSED,)),
    "windows-1252 that nobody names": Golden(page(FRENCH, lang="fr").encode("cp1252"), None, FRENCH, (GUESSED,)),
    "UTF-7 is refused": Golden(page("+ADw-script+AD4-").encode(), "utf-7", "+ADw-script+AD4-"),
    "an unknown name": Golden(page(ARABIC).encode(), "klingon"),
    "a codec that is none of text": Golden(page(ARABIC, "zip").encode(), "unicode_escape"),
    "damaged UTF-8": Golden(page(ARABIC + "\udcff", "utf-8").encode("utf-8", "surrogateescape"), "utf-8", ARABIC + "�",
                            (ERRORS,)),
    "two sets on one page": Golden(
        page(ARABIC + "|", "utf-8").encode().replace(b"|", " é".encode("cp1252")), "utf-8", ARABIC + " �", (ERRORS,)
    ),
    # What was encoded twice was so before it was sent: it is kept as the site shows it.
    "encoded twice": Golden(
        page("مقال".encode().decode("latin-1"), "utf-8").encode(), "utf-8", "مقال".encode().decode("latin-1")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_the_text_and_the_doubts(name: str) -> None:
    golden, warnings = GOLDEN[name], list[str]()
    text = decode(golden.sent, f"text/html; charset={golden.header}" if golden.header else "text/html", warnings)
    assert f"<p>{golden.text}</p>" in text
    assert tuple(map(str, warnings)) == golden.warnings
