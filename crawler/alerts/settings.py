"""alerts.toml: whom to tell, and of what. Credentials stand in environment variables, never in the file."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from archive.mistakes import told
from crawler.alerts.rules import Bounds, Topic
from crawler.errors import CrawlError
from crawler.schedule.plan import read_toml

NAME = "alerts.toml"
EXAMPLE = """\
targets = ["${ALERT_MAIL}", "json://127.0.0.1:8080/alerts"]  # apprise's addresses; ${…}: an environment variable
topics = ["failure", "botwall", "completeness", "fields", "disk", "missed"]
"""
MISSING = "write one; `policy-archive alerts example` prints one to begin with"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_EVERY = tuple(topic for topic in Topic if topic is not Topic.TEST)


class Alerts(Bounds):
    """Targets are addresses of apprise, unresolved."""

    targets: tuple[str, ...] = Field(min_length=1)
    topics: tuple[Topic, ...] = Field(_EVERY, min_length=1)

    @field_validator("targets")
    @classmethod
    def _sound(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        for number, target in enumerate(targets, 1):
            if "$" in _VARIABLE.sub("", target):
                raise ValueError(f"target {number} has a $ that begins no variable: write it as ${{NAME}}")
            if not _VARIABLE.match(target) and "://" not in target:
                raise ValueError(f"target {number} is no address of apprise, such as 'json://host/path' or '${{NAME}}'")
        return targets


def load(home: Path) -> Alerts | None:
    """The settings of a home folder; None where it has none. Raises CrawlError, which repeats no address."""
    path = home / NAME
    if not path.exists():
        return None
    raw = read_toml(path, MISSING)
    try:
        return Alerts.model_validate_json(json.dumps(raw, default=str), strict=True)
    except ValidationError as error:
        problem = told(str(path), error, Alerts)
        for target in raw["targets"] if isinstance(raw.get("targets"), list) else [raw.get("targets")]:
            problem = problem.replace(repr(target), "…")  # a value of this key is never repeated
        raise CrawlError(problem) from None


def resolved(settings: Alerts, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The targets with their variables put in. Raises CrawlError, which names the variable that is not set."""

    def value(found: re.Match[str]) -> str:
        if not environment.get(found[1]):
            raise CrawlError(f"{NAME}: the environment variable {found[1]} is not set, and a target needs it")
        return environment[found[1]]

    return [_VARIABLE.sub(value, target) for target in settings.targets]
