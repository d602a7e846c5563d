"""Units and crontab lines say what the schedule says, and systemd takes them."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from crawler.schedule import units
from crawler.schedule.cron import Cron
from tests.crawler.schedule.plans import entry, written

TEXT = (
    'timezone = "Africa/Cairo"\n'
    + entry(jitter="10 minutes")
    + entry(institute="ecfr", name="أوروبا", when="cron: 0 0 13 * fri", catch_up="none")
    + entry(institute="demo", when="every 6 hours")
    + entry(institute="carnegie", when="every monday and sunday at 04:30")
)
ANALYZE = shutil.which("systemd-analyze")


def written_units(home: Path) -> dict[str, str]:
    plan = written(home, TEXT)
    return dict([*units.systemd(plan, home), units.scheduler(home)])


def test_timers_say_when(tmp_path: Path) -> None:
    plan = written(tmp_path, TEXT)
    assert [units.on_calendar(one) for one in plan.entry] == [
        ["*-*-* 03:00:00 Africa/Cairo"],
        ["*-*-13 00:00:00 Africa/Cairo", "Fri *-*-* 00:00:00 Africa/Cairo"],
        ["*-*-* 00,06,12,18:00:00 UTC"],
        ["Mon,Sun *-*-* 04:30:00 Africa/Cairo"],
    ]


def test_units_have_what_a_unit_needs(tmp_path: Path) -> None:
    """A strict reading of what is expected, for machines without systemd."""
    home = tmp_path / "my home 100%"
    found = written_units(home)
    assert len(found) == 9
    for name, text in found.items():
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        sections = [line for line in lines if line.startswith("[")]
        wanted = ["[Unit]", "[Timer]", "[Install]"] if name.endswith(".timer") else ["[Unit]", "[Service]", "[Install]"]
        assert sections == (wanted if name.endswith(".timer") or name == "policy-archive.service" else wanted[:2])
        assert all(line.startswith("[") or line.partition("=")[1] for line in lines), name
        assert name.isascii()
        if name.endswith(".service"):
            for key in ("ExecStart", "NoNewPrivileges", "ProtectSystem", "ReadWritePaths", "KillMode", "PrivateTmp"):
                assert sum(line.startswith(f"{key}=") for line in lines) == 1
            assert "100%%" in text
            assert "100% " not in text
    timer = found["policy-archive-timep.timer"]
    assert "Persistent=yes\nRandomizedDelaySec=600s" in timer
    assert "Persistent=no" in found["policy-archive-" + units._escaped("أوروبا") + ".timer"]
    assert "schedule run --once timep" in found["policy-archive-timep.service"]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed; the reading above is done everywhere")
def test_systemd_takes_them(tmp_path: Path) -> None:
    home = tmp_path / "my home 100%"
    for name, text in written_units(home).items():
        (home / name).write_text(text, encoding="utf-8")
    names = sorted(str(path) for suffix in ("timer", "service") for path in home.glob(f"*.{suffix}"))
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *names], capture_output=True, text=True, timeout=60, check=False
    )
    told = [line for line in done.stderr.splitlines() if str(home) in line or "policy-archive" in line]
    assert told == [], done.stderr


def test_lines_of_crontab(tmp_path: Path) -> None:
    home = tmp_path / "100% home"
    lines = [line for line in units.cron(written(home, TEXT), home) if not line.startswith("#")]
    zone, seen = None, {}
    for line in lines:
        if line.startswith("CRON_TZ="):
            zone = line.removeprefix("CRON_TZ=")
            continue
        words = line.split(" ", 5)
        assert Cron.parse(" ".join(words[:5])).after(datetime(2026, 1, 1))
        assert r"100\% home" in words[5]
        assert "%" not in words[5].replace(r"\%", "")
        seen[words[5].rsplit(" ", 1)[1].strip("'")] = zone
    assert seen == {"timep": "Africa/Cairo", "أوروبا": "Africa/Cairo", "carnegie": "Africa/Cairo", "demo": "UTC"}
