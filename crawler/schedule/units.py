"""The same schedule for systemd and for cron: units and lines that call `policy-archive schedule run --once ENTRY`."""

import getpass
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from crawler.schedule.cron import WEEKDAYS
from crawler.schedule.plan import CatchUp, Entry, Plan
from crawler.schedule.when import duration

_SERVICE = """\
[Unit]
Description=policy-archive: {description}
Documentation=man:systemd.timer(5)
Wants=network-online.target
After=network-online.target

[Service]
Type={type}
ExecStart={command}
{user}EnvironmentFile=-{home}/alerts.env
# Only the command itself is told to end: it asks its crawls to drain and seal.
KillMode=mixed
TimeoutStopSec=10min
# 4: stopped at a limit, as the window's end is; 130: interrupted. Both are gone on with.
SuccessExitStatus=4 130
{restart}Nice=10
UMask=0027
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
"""
_INSTALL = "\n[Install]\nWantedBy=multi-user.target\n"
_TIMER = """\
[Unit]
Description=policy-archive: when {description}

[Timer]
{calendars}
Persistent={persistent}
RandomizedDelaySec={jitter}
AccuracySec=30s

[Install]
WantedBy=timers.target
"""


def systemd(plan: Plan, home: Path) -> Iterator[tuple[str, str]]:
    """Names and texts: a service and a timer for each entry."""
    for entry in plan.entry:
        name = f"policy-archive-{_escaped(entry.name)}"
        description = f"{_percent(entry.name)} is crawled, {_percent(entry.when)}"
        yield f"{name}.service", _service(description, ["schedule", "run", "--once", entry.name], home, "oneshot")
        yield (
            f"{name}.timer",
            _TIMER.format(
                description=description,
                calendars="\n".join(f"OnCalendar={one}" for one in on_calendar(entry)),
                persistent="no" if entry.catch_up is CatchUp.NONE else "yes",
                jitter=f"{duration(entry.jitter).total_seconds():.0f}s",
            ),
        )


def scheduler(home: Path) -> tuple[str, str]:
    """One service that runs the whole schedule, in place of the timers."""
    return "policy-archive.service", _service("the schedule", ["schedule", "run"], home, "exec") + _INSTALL


def on_calendar(entry: Entry) -> list[str]:
    """The entry's times as systemd.time(7) writes them; two where a day is named by its number or by its weekday."""
    cron, zone = entry.times.cron, entry.times.zone.key
    clock = f"{_set(cron.hours, 24)}:{_set(cron.minutes, 60)}:00"
    weekdays = sorted((day - 1) % 7 for day in cron.weekdays)
    named = f"{','.join(WEEKDAYS[day][:3].title() for day in weekdays)} " if len(weekdays) < 7 else ""
    months = _set(sorted(cron.months), 12)
    days = _set(sorted(cron.days), 31)
    if cron.either:
        return [f"*-{months}-{days} {clock} {zone}", f"{named}*-{months}-* {clock} {zone}"]
    return [f"{named}*-{months}-{days} {clock} {zone}"]


def cron(plan: Plan, home: Path) -> Iterator[str]:
    """Lines for `crontab -e`."""
    yield "# Times are in the zone of the CRON_TZ above them, which cronie reads. Other crons read the machine's zone:"
    yield "# there, let `timezone` in schedule.toml be that one, or use `policy-archive schedule systemd`."
    zone = None
    for entry in sorted(plan.entry, key=lambda one: one.times.zone.key):
        if entry.times.zone.key != zone:
            zone = entry.times.zone.key
            yield f"CRON_TZ={zone}"
        words = [*program(), "--home", str(home), "schedule", "run", "--once", entry.name]
        command = " ".join(shlex.quote(word) for word in words).replace("%", r"\%")  # crontab(5): a bare % ends it
        yield f"{entry.times.cron.text} {command}"


def program() -> list[str]:
    """How this very policy-archive is called, by its whole path."""
    beside = Path(sys.executable).parent / "policy-archive"
    found = str(beside) if beside.exists() else shutil.which("policy-archive")
    return [found] if found else [sys.executable, "-m", "crawler.cli"]


def _service(description: str, words: list[str], home: Path, kind: str) -> str:
    try:
        user = f"User={getpass.getuser()}\n"
    except (KeyError, OSError):  # a container's user may have no name
        user = ""
    return _SERVICE.format(
        description=description,
        type=kind,
        command=" ".join(_quoted(word) for word in [*program(), "--home", str(home), *words]),
        home=_percent(str(home)).replace(" ", r"\x20"),
        user=user,
        restart="Restart=on-failure\nRestartSec=1min\n" if kind == "exec" else "",
    )


def _set(values: "tuple[int, ...] | list[int]", whole: int) -> str:
    return "*" if len(values) == whole else ",".join(f"{value:02}" for value in values)


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word of ExecStart: systemd.service(5), "Command lines"."""
    if word and all(letter.isalnum() or letter in "-_./:=@+" for letter in word):
        return word
    escaped = _percent(word).replace("\\", r"\\").replace('"', r"\"").replace("$", "$$")
    return f'"{escaped}"'


def _escaped(name: str) -> str:
    """Letters of a unit's name, as systemd-escape(1) writes what is no ASCII."""
    return "".join(
        letter if letter.isascii() else "".join(rf"\x{byte:02x}" for byte in letter.encode()) for letter in name
    )
