"""Schedules for tests."""

from datetime import UTC, datetime
from pathlib import Path

from crawler.schedule.plan import NAME, Plan, load


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def written(home: Path, text: str) -> Plan:
    home.mkdir(parents=True, exist_ok=True)
    (home / NAME).write_text(text, encoding="utf-8")
    return load(home)


def entry(**keys: object) -> str:
    """One entry in TOML: timep, daily at three, and what is given."""
    keys = {"institute": "timep", "when": "every day at 03:00", **keys}
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in keys.items()]
    return "\n".join(["[[entry]]", *lines, ""])
