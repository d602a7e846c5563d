"""How values are shown, and where the pages are: what the templates call."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

_LANGUAGES = {
    "ar": "Arabic", "en": "English", "fr": "French", "fa": "Persian", "ku": "Kurdish", "he": "Hebrew", "tr": "Turkish",
    "de": "German", "es": "Spanish", "it": "Italian", "ru": "Russian", "ur": "Urdu",
}  # fmt: skip


def day(stamp: str | None) -> str:
    """`2026-11-23` of a stamp in any of the two forms that the archive has."""
    if not stamp:
        return "—"
    return stamp[:10] if "-" in stamp else f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"


def minute(time: datetime) -> str:
    """`2026-11-23 08:15 UTC`."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def number(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def size(count: int | None) -> str:
    """`3.1 MB`; `12 KB` of what is small, `5.4 GB` of what is large."""
    if count is None:
        return "—"
    if count >= 1e9:
        return f"{count / 1e9:,.1f} GB"
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{max(count // 1000, 1):,} KB"


def words(code: str | None) -> str:
    """A kind, a state, a field as words: `legal case` of `legal_case`."""
    return (code or "").replace("_", " ")


def language(code: str | None) -> str:
    return _LANGUAGES.get(code, code) if code else "language not known"


def named(value: Any, field: str) -> str:
    """What a facet's value is called."""
    if value is None:
        return "not known"
    if field == "language":
        return language(str(value))
    return words(value) if field in ("kind", "state") else str(value)


def here(path: str, **given: Any) -> str:
    """An address of ours with its query; what is None or empty is left out."""
    query = urlencode({key: value for key, value in given.items() if value not in (None, "")})
    return f"{path}?{query}" if query else path


def publication_at(row: dict[str, Any], rest: str = "", **given: Any) -> str:
    """The page of a publication, by anything that has its collection and id."""
    return here(f"/publication/{quote(row['collection'], safe='')}/{quote(row['id'], safe='')}{rest}", **given)


def replay_at(collection: str, url: str, stamp: str | None = None) -> str:
    """Leads to the archived page at that moment, on replay's own origin."""
    digits = "".join(one for one in stamp or "" if one.isdigit())[:14]
    return here("/replay", collection=collection, at=digits, url=url)
