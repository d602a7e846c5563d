from pathlib import Path

import pytest

from archive.errors import DamagedRecord
from archive.store.ledger import GENESIS, Ledger
from tests.archive.store.samples import BEGAN


def test_lines_are_chained(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    assert ledger.head() == GENESIS
    ledger.append("sealed", BEGAN, warc="a.warc.gz")
    middle = ledger.head()
    ledger.append("crawl", BEGAN, report={"عنوان": 1})
    first, second = ledger
    assert (first["previous"], second["previous"]) == (GENESIS, middle)
    assert second["report"] == {"عنوان": 1}
    assert ledger.sealed() == {"a.warc.gz"}


@pytest.mark.parametrize("change", [(b'"a.', b'"b.'), (b"sealed", b"scaled")])
def test_a_changed_line_breaks_the_chain(change: tuple[bytes, bytes], tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for name in ("a.warc.gz", "c.warc.gz"):
        ledger.append("sealed", BEGAN, warc=name)
    ledger.path.write_bytes(ledger.path.read_bytes().replace(*change, 1))
    with pytest.raises(DamagedRecord, match="line 2: does not continue line 1"):
        list(ledger)


def test_a_removed_line_breaks_the_chain(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for name in ("a", "b", "c"):
        ledger.append("sealed", BEGAN, warc=name)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(lines[0] + lines[2])
    with pytest.raises(DamagedRecord, match="line 2"):
        list(ledger)


def test_a_torn_line_is_cut_before_the_next(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.append("sealed", BEGAN, warc="a")
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole + whole[:40])
    assert [entry["warc"] for entry in ledger] == ["a"]
    ledger.append("sealed", BEGAN, warc="b")
    assert [entry["warc"] for entry in ledger] == ["a", "b"]
