"""The README's table of institutes, made from their profiles: `python -m archive.institutes.table` writes it, and a
test says when it has to be.
"""

import re
from pathlib import Path

from archive.institutes import registry
from archive.institutes.profile import Kind

README = Path(__file__).parents[2] / "README.md"
AGAIN = "python -m archive.institutes.table"
_MADE_UP = "demo"
_PLACE = re.compile(r"(?<=\n)<!-- institutes: .*?<!-- end -->\n", re.DOTALL)


def table() -> str:
    """Markdown, with the marks that it stands between. `kinds` are those that a profile's rules name."""
    rows = ["| institute | home | languages | kinds | since |", "| --- | --- | --- | --- | --- |"]
    for name in registry.names():
        if name == _MADE_UP:
            continue
        profile = registry.load(name)
        kinds = {profile.default_kind, *(rule.kind for rule in profile.kinds)}
        told = ", ".join(kind.replace("_", " ") for kind in Kind if kind in kinds)
        shown = profile.home.removeprefix("https://").rstrip("/")
        home, languages = f"[{shown}]({profile.home})", ", ".join(profile.languages)
        rows.append(f"| `{name}`: {profile.name} | {home} | {languages} | {told} | {profile.since} |")
    return "\n".join([f"<!-- institutes: made by {AGAIN} -->", *rows, "<!-- end -->"]) + "\n"


def with_table(readme: str) -> str:
    """A README with the table as it is now, where it has one."""
    return _PLACE.sub(lambda _: table(), readme)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    print(README)
