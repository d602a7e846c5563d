"""What a process tells while it works: a crawl one JSON object a line in its folder and nothing on the terminal; what
runs for long (a schedule, a fleet's worker) a line an event on standard error.
"""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from archive.lines import harmless

logging.getLogger("crawler").addHandler(logging.NullHandler())  # else warnings without a handler go to the terminal
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "spider", "crawler"}


class JsonLines(logging.Formatter):
    """Time, level, where, message, and whatever the call gave as `extra`. JSON escapes line ends, so no message can
    forge a line.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


class OneLine(logging.Formatter):
    """Time, message, and the `entry` and `why` of an event of this project's: no value can begin a new line."""

    most = 1000  # characters

    def format(self, record: logging.LogRecord) -> str:
        values = [str(getattr(record, name)) for name in ("entry", "why") if getattr(record, name, None)]
        return harmless(f"{self.formatTime(record)} {record.getMessage()} {' · '.join(values)}")[: self.most]


class Quiet(LogFormatter):
    """Says nothing of pages that came: urls.jsonl does."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        return None


def to_stderr() -> logging.Handler:
    """A line for each event on standard error, for a supervisor that reads JSON; the log's file is as it was."""
    return _added(logging.StreamHandler(), JsonLines())


def for_people() -> logging.Handler:
    """A line on standard error for each of this project's own events, for who watches the process."""
    handler = _added(logging.StreamHandler(), OneLine())
    handler.addFilter(logging.Filter("crawler"))
    return handler


def to_file(path: Path) -> logging.Handler:
    """All of this process' log goes to `path` from here on, warnings of libraries too. Remove the handler when the
    crawl has ended.
    """
    return _added(logging.FileHandler(path, encoding="utf-8"), JsonLines())


def _added(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    return handler
