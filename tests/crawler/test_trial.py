"""`policy-archive try`: what one page would give, from a file or from the web, and nothing kept."""

import gzip
import json
from pathlib import Path

import pytest

from tests.crawler.command import policy_archive

ADDRESS = "https://institute.example/2025/03/10/courts/"
PAGE = (
    '<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>المحاكم</title></head><body><article>'
    "<h1>المحاكم والمراسيم</h1><p>" + "يسمّي المرسوم القضاة. " * 40 + "</p></article></body></html>"
)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_as_its_page(tmp_path: Path, packed: bool) -> None:
    data = PAGE.encode()
    (tmp_path / "page.html").write_bytes(gzip.compress(data) if packed else data)
    done = policy_archive(tmp_path, "try", "page.html", "--url", ADDRESS)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert f"{'url':<12}{ADDRESS}" in lines
    assert any(line.startswith(f"{'title':<12}المحاكم والمراسيم") for line in lines)
    assert f"{'language':<12}ar (rtl)" in lines
    assert [line for line in lines if line != line.rstrip()] == []
    told = policy_archive(tmp_path, "try", "page.html", "--url", ADDRESS, "--json")
    assert json.loads(told.stdout)["content"]["title"] == "المحاكم والمراسيم"
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("غائب.html",), 2, "'غائب.html' is neither an http(s) address nor a file"),
        ((".",), 2, "'.' is neither"),
        (("page.html",), 2, "page.html is a file: say which address its page had, with --url"),
        (("page.html", "--url", ADDRESS, "--institute", "none"), 2, "no institute is called 'none'"),
        (("damaged.gz", "--url", ADDRESS), 2, "damaged.gz is gzip, but damaged"),
        (("http://127.0.0.1:9/",), 5, "which is not a public address; --allow-private"),
    ],
)
def test_what_cannot_be_tried_is_one_line(tmp_path: Path, words: tuple[str, ...], code: int, told: str) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(PAGE.encode())[:-20])
    done = policy_archive(tmp_path, "try", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("policy-archive: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
