"""What the values of a profile's keys must be, each with a message that says what is wrong and shows a right one."""

import re
import zoneinfo
from typing import Annotated

from pydantic import AfterValidator

from archive.institutes.patterns import groups, mistake


def _sound_pattern(pattern: str) -> str:
    problem = mistake(pattern)
    if problem:
        raise ValueError(problem)
    return pattern


def _sound_number(pattern: str) -> str:
    if groups(_sound_pattern(pattern)) < 1:
        raise ValueError(f"{pattern!r} has no group, such as ([0-9]+), that holds the number")
    return pattern


def _sound_selector(selector: str) -> str:
    import soupsieve  # it loads Beautiful Soup, which most commands have no use for

    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(f"{selector!r} is not a CSS selector: {str(error).splitlines()[0]}") from None
    return selector


def _sound_source(source: str) -> str:
    if not re.match(r"/(?!/)|https?://[^/]", source):
        raise ValueError(f"{source!r} must begin with a slash, or be an address with http:// or https://")
    if re.search(r"[{}]", source.replace("{page}", "")):
        raise ValueError(f"{source!r} may hold no braces but {{page}}")
    return source


def _unpaged_source(source: str) -> str:
    if "{page}" in source:
        raise ValueError(f"{source!r} may not hold {{page}}: it names its own next pages")
    return _sound_source(source)


def _sound_host(host: str) -> str:
    if not re.fullmatch(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", host):
        raise ValueError(f"{host!r} is not a host or host:port in lower-case letters, such as 'eshhad.timep.org'")
    return host


def _sound_zone(zone: str) -> str:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        if zoneinfo.available_timezones():  # empty where the machine has no zone data: then anything goes
            raise ValueError(f"{zone!r} is not an IANA time zone, such as 'Asia/Beirut' or 'UTC'") from None
    return zone


def _sound_language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", code):
        raise ValueError(f"{code!r} is not a BCP 47 code, such as 'ar' or 'en-GB'")
    return code


Pattern = Annotated[str, AfterValidator(_sound_pattern)]
Source = Annotated[str, AfterValidator(_sound_source)]
UnpagedSource = Annotated[str, AfterValidator(_unpaged_source)]
Host = Annotated[str, AfterValidator(_sound_host)]
NumberPattern = Annotated[str, AfterValidator(_sound_number)]
Selector = Annotated[str, AfterValidator(_sound_selector)]
Zone = Annotated[str, AfterValidator(_sound_zone)]
Language = Annotated[str, AfterValidator(_sound_language)]
