"""Finding, merging and checking institutes' profiles. A profile is one TOML file; the packaged ones lie beside this
module, an archivist's own in HOME/institutes/, where they are known by name, too.

`extends` names another profile, packaged or a file beside this one. Its keys are inherited: tables are merged key by
key, a list replaces the inherited one unless the string "..." in it stands for that list; of `kinds` and `fields` the
file's own rules come first, then the inherited ones.
"""

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from archive.errors import ProfileError
from archive.folder_names import RESERVED
from archive.institutes.profile import Profile, unreachable
from archive.institutes.urls import absolute
from archive.mistakes import nearest, told

FOLDER = Path(__file__).parent
INHERITED = "..."  # in a list: the inherited list stands here
RULE_LISTS = ("kinds", "fields")
NOT_INHERITED = ("id", "extends")


def names() -> list[str]:
    """The packaged institutes, sorted. Platforms such as `wordpress`, which have no home, are in `platforms()`."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if "home" in _toml(path))


def platforms() -> list[str]:
    """The packaged profiles that are there to be extended, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if "home" not in _toml(path))


def own_folder(home: Path) -> Path:
    """Where an archivist's own profiles lie."""
    return home / "institutes"


def own_names(home: Path) -> list[str]:
    """The institutes that have a file there, sorted."""
    return sorted(path.stem for path in own_folder(home).glob("*.toml"))


def load(name_or_path: str | Path, home: Path | None = None) -> Profile:
    """The profile of an institute, by name (`timep`) or by path (`./x.toml`), merged with what it extends. A name is
    first looked for in `home`, the folder that holds collections/.

    ProfileError names the file, the key and how to mend it; also where the profile is a platform, which has no home to
    crawl.
    """
    profile = read(name_or_path, home)
    for key, example in (("home", "https://example.org/"), ("name", "Example Institute")):
        if not getattr(profile, key):
            raise ProfileError(
                f'{name_or_path}: {key}: is missing; add {key} = "{example}" (without it, it can only be extended)'
            )
    return profile


def read(name_or_path: str | Path, home: Path | None = None) -> Profile:
    """As `load`, but a platform's profile is good too."""
    path = locate(name_or_path, home)
    chain = _chain(path)
    for file, raw in chain:
        _check(file, raw)
    merged: dict[str, Any] = {}
    for _, raw in reversed(chain):
        inherited = {key: value for key, value in merged.items() if key not in NOT_INHERITED}
        merged = _merged(inherited, raw)
    if "id" not in merged:
        merged["id"] = _slug(path)
    return _validated(path, merged)  # what is only wrong together shows here


def loads(stored: bytes) -> Profile:
    """The profile that `dumps` wrote. Nothing is merged again: it is stored whole."""
    try:
        return Profile.model_validate_json(stored, strict=True)
    except ValidationError as error:
        raise ProfileError(told("stored profile", error, Profile)) from None


def dumps(profile: Profile) -> bytes:
    """Canonical JSON of the whole profile: sorted keys, no spaces, UTF-8, defaults written out."""
    data = profile.model_dump(mode="json")
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(profile: Profile) -> str:
    """SHA-256 of `dumps`, in lower-case hex."""
    return hashlib.sha256(dumps(profile)).hexdigest()


def locate(name_or_path: str | Path, home: Path | None = None) -> Path:
    """The file of a profile: a path if it is one or ends in `.toml`, else a name in `home`, or a packaged one."""
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml") or "/" in name_or_path or "\\" in name_or_path:
        path = Path(name_or_path)
        if not path.is_file():
            raise ProfileError(
                f"{path}: there is no such file; give a profile's path, or one of these names: {', '.join(names())}"
            )
        return path
    own = own_names(home) if home is not None else []
    if home is not None and name_or_path in own:
        return own_folder(home) / f"{name_or_path}.toml"
    every = sorted({*own, *(path.stem for path in FOLDER.glob("*.toml"))})
    if name_or_path in every:
        return FOLDER / f"{name_or_path}.toml"
    raise ProfileError(
        f"no institute is called {name_or_path!r}{nearest(name_or_path, every)}; there are {', '.join(every)}; "
        f"or give a profile's path, such as ./{slug(name_or_path) or 'institute'}.toml"
    )


def _chain(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The file and those it extends, itself first."""
    chain: list[tuple[Path, dict[str, Any]]] = []
    while True:
        if any(path.resolve() == seen.resolve() for seen, _ in chain):
            raise ProfileError(
                f"{chain[-1][0]}: extends: {' → '.join(file.name for file, _ in chain)} → {path.name} goes in a circle"
            )
        raw = _toml(path)
        chain.append((path, raw))
        parent = raw.get("extends")
        if not isinstance(parent, str):
            return chain  # none, or a wrong type that _check tells about
        try:
            beside = path.parent / parent
            path = locate(beside if parent.endswith(".toml") else parent)
        except ProfileError as error:
            raise ProfileError(f"{chain[-1][0]}: extends: {error}") from None


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: is not TOML: {error}; patterns are best in single quotes: '…'") from None
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from None


def _check(path: Path, raw: dict[str, Any]) -> None:
    """One file for itself: keys, types, patterns, and the order of its rules."""
    if "extends" not in raw and _inherits(raw):
        raise ProfileError(f'{path}: "..." stands for an inherited list, but the file extends nothing: take it out')
    profile = _validated(path, _own(raw))
    for key in RULE_LISTS:
        problem = unreachable(getattr(profile, key))
        if problem:
            raise ProfileError(f"{path}: {key}{problem}")
    if raw.get("id") in RESERVED:
        raise ProfileError(f"{path}: id: {raw['id']!r} cannot name a folder everywhere; take another")
    if "home" in raw:
        _check_home(path, profile.home)


def _check_home(path: Path, home: str) -> None:
    spelled = absolute(home)
    if spelled is None:
        raise ProfileError(
            f"{path}: home: {home!r} is not an address with http:// or https://, such as 'https://example.org/'"
        )
    wanted = spelled.partition("?")[0]
    wanted = wanted if wanted.endswith("/") else f"{wanted}/"
    if home != wanted:
        raise ProfileError(f"{path}: home: write {home!r} as {wanted!r}")


def _validated(path: Path, raw: dict[str, Any]) -> Profile:
    try:
        # By way of JSON: from it, pydantic's strict mode takes lists, dates and enums, and still no "1" for 1.
        return Profile.model_validate_json(json.dumps(raw, default=_plain), strict=True)
    except ValidationError as error:
        raise ProfileError(told(str(path), error, Profile)) from None


def _own(raw: Any) -> Any:
    """A file's values without the marks for inherited lists."""
    if isinstance(raw, dict):
        return {key: _own(value) for key, value in raw.items()}
    return [_own(value) for value in raw if value != INHERITED] if isinstance(raw, list) else raw


def _inherits(raw: Any) -> bool:
    if isinstance(raw, list) and INHERITED in raw:
        return True
    values = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    return any(_inherits(value) for value in values)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _merged(inherited: Mapping[str, Any], own: Mapping[str, Any], top: bool = True) -> dict[str, Any]:
    result = dict(inherited)
    for key, value in own.items():
        before = inherited.get(key)
        if top and key in RULE_LISTS:
            result[key] = [*value, *(before or [])]
        elif isinstance(value, dict) and isinstance(before, dict):
            result[key] = _merged(before, value, top=False)
        elif isinstance(value, dict):
            result[key] = _merged({}, value, top=False)  # for the marks in its lists
        elif isinstance(value, list) and INHERITED in value:
            place = value.index(INHERITED)
            result[key] = [*value[:place], *(before or []), *value[place + 1 :]]
        else:
            result[key] = value
    return result


def _slug(path: Path) -> str:
    found = slug(path.stem)
    if not found or found in RESERVED:
        raise ProfileError(
            f'{path}: id: the file\'s name gives none that can name a folder; add id = "…" in letters a-z, digits and -'
        )
    return found


def slug(stem: str) -> str:
    """What a name becomes that is to be part of ids and folders; empty where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:64]
