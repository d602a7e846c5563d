"""Every key of a profile that takes a pattern refuses one that explodes, in Arabic too."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from archive.errors import ProfileError
from archive.institutes import profile, registry
from archive.institutes.values import NumberPattern, Pattern

EVIL = ("(?:[ء-ي]|ع)+$", "((a|aa)+)$")  # `(a+)+$` is none: the engine answers it at once
TABLES = {
    "urls.allow": "[urls]\nallow = ['{}']",
    "urls.deny": "[urls]\ndeny = ['{}']",
    "urls.listing": "[urls]\nlisting = ['{}']",
    "urls.chapters": "[urls]\nchapters = ['{}']",
    "urls.no_trap": "[urls]\nno_trap = ['{}']",
    "urls.post_id": "[urls]\npost_id = ['{}']",
    "alias.pattern": "[[urls.alias]]\npattern = '{}'\nreplace = 'x'",
    "kind_rule.title": "[[kinds]]\nkind = 'brief'\ntitle = ['{}']",
    "kind_rule.url": "[[kinds]]\nkind = 'brief'\nurl = ['{}']",
    "field_rule.match": "[[fields]]\nfield = 'title'\nselect = 'h1'\nmatch = '{}'",
}


@pytest.mark.parametrize("key", TABLES)
@pytest.mark.parametrize("pattern", EVIL)
def test_a_pattern_that_explodes_is_refused(tmp_path: Path, key: str, pattern: str) -> None:
    path = tmp_path / "institute.toml"
    text = TABLES[key].format(pattern)
    path.write_text(f'name = "معهد"\nhome = "https://example.org/"\n{text}\n', encoding="utf-8")
    with pytest.raises(ProfileError, match="takes too long on simple text"):
        registry.load(path)


def test_no_key_is_forgotten() -> None:
    """A key that takes a pattern is of a type that is checked, and stands above."""
    models = [one for one in vars(profile).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    checked = {type_.__metadata__[0] for type_ in (Pattern, NumberPattern)}

    def takes(annotation: Any, metadata: tuple[Any, ...] = ()) -> bool:
        found = {*metadata, *getattr(annotation, "__metadata__", ())}
        return bool(checked & found) or any(takes(part) for part in getattr(annotation, "__args__", ()))

    keys = {
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if takes(field.annotation, tuple(field.metadata))
    }
    named = {"alias": "Alias", "urls": "Urls", "kind_rule": "KindRule", "field_rule": "FieldRule"}
    assert keys == {f"{named[key.partition('.')[0]]}.{key.partition('.')[2]}" for key in TABLES}
