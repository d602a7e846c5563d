"""A crawl's papers go into the WARC whole, a long one in several records."""

from pathlib import Path

import pytest

from crawler import closing


def test_a_long_paper_is_several_records_of_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'{{"url": "https://timep.org/سوريا/{number}"}}\n' for number in range(500)]
    (tmp_path / "urls.jsonl").write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr(closing, "_PART", 4096)
    parts = list(closing._papers(tmp_path))
    assert [name for name, _ in parts[:2]] == ["urls.jsonl", "urls.jsonl:2"]
    assert b"".join(part for _, part in parts) == (tmp_path / "urls.jsonl").read_bytes()
    assert all(part.endswith(b"\n") for _, part in parts)
