"""What a job of the queue asks for. A row of a table is not trusted: it names a task, an institute and a few numbers,
and everything else about it is an error. Nothing of it is ever run as it stands.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from archive.errors import ArchiveError, ProfileError
from archive.folder_names import mistake
from archive.institutes import registry
from archive.institutes.profile import Strict
from crawler.schedule import plan


class Rejected(ArchiveError):
    """A job that no `fleet enqueue` and no schedule has written. It fails, and is not tried again."""

    exit_code = 2


class Task(StrEnum):
    CRAWL = "crawl"
    DERIVE = "derive"
    VERIFY = "verify"
    PACK = "pack"


class Order(Strict):
    """The arguments of a job."""

    institute: str = Field(min_length=1, max_length=64)
    collection: str = Field(min_length=1, max_length=64)
    entry: str | None = Field(None, max_length=64)  # of schedule.toml, which says how it is crawled
    full: bool = False
    max_pages: int = Field(0, ge=0)
    max_minutes: float = Field(0.0, ge=0)
    max_megabytes: float = Field(0.0, ge=0)

    @field_validator("institute", "collection")
    @classmethod
    def _plain(cls, name: str) -> str:
        if problem := mistake(name):
            raise ValueError(problem)
        if name.endswith(".toml"):
            raise ValueError("a job names an institute, and no file")
        return name

    def lock(self) -> str:
        """Jobs of one collection are done one after another."""
        return self.collection

    def words(self, task: Task, home: Path, allow_private: bool, now: datetime) -> list[str]:
        """What follows `policy-archive`. Raises Rejected, or Later outside the hours of the schedule's entry."""
        if task is not Task.CRAWL:
            return ["--home", str(home), str(task), self.collection]
        if self.entry is not None:
            return self._planned(home, now)
        try:
            registry.load(self.institute, home)
        except ProfileError as error:
            raise Rejected(str(error)) from None
        limits = {
            "--max-pages": self.max_pages, "--max-minutes": self.max_minutes, "--max-megabytes": self.max_megabytes,
        }  # fmt: skip
        words = ["--home", str(home), "crawl", self.institute, "--collection", self.collection]
        words += [word for option, value in limits.items() if value for word in (option, f"{value:g}")]
        words += ["--full"] if self.full else []
        return [*words, "--allow-private"] if allow_private else words

    def _planned(self, home: Path, now: datetime) -> list[str]:
        entry = plan.load(home).named(str(self.entry))
        opens, closes = entry.open(now)
        if opens > now:
            raise Later(opens - now)
        return entry.command(home, closes - now if closes else None)


class Later(ArchiveError):
    """The hours in which the entry is crawled begin after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"its hours begin in {wait}")
        self.wait = wait


def parse(task: str, arguments: Any) -> tuple[Task, Order]:
    """A job's row. Raises Rejected."""
    try:
        named = Task(task)
    except ValueError:
        raise Rejected(f"no task is called {task[:60]!a}: there are {', '.join(Task)}") from None
    try:
        return named, Order.model_validate(arguments, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:60]
        raise Rejected(f"the job's arguments are none of a {named}: {where}: {first['msg']}") from None
