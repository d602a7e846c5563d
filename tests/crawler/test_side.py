"""Test crawls: beside the real collection, then saved into it, cut off anywhere, or thrown away."""

import shutil
from pathlib import Path

import pytest

from archive.audit.verify import verify
from archive.dataset import side
from archive.errors import CollectionError
from archive.store.collection import Collection
from tests.crawler.command import lines, policy_archive, profile
from tests.crawler.sockets import Script, scripted
from tests.crawler.test_cli import ALLOW, ARTICLE, ok

POSTS = [f"/2024/12/0{day}/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7-{day}/" for day in range(1, 5)]  # سوريا
TITLE = "سوريا بعد عام"


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of a crawl and, beside it, one of a test crawl of the same pages."""
    folder = tmp_path_factory.mktemp("side")
    links = "".join(f'<a href="{path}">{path[-2]}</a>' for path in POSTS)
    posts = {path: ARTICLE.replace(b"postid-7", b"postid-%d" % number) for number, path in enumerate(POSTS, 1)}
    served: dict[str, bytes | Script] = {"/robots.txt": ALLOW, "/": ok(f"<body>{links}</body>".encode()), **posts}
    with scripted(served) as server:
        site = str(profile(folder, f"http://127.0.0.1:{server.port}/"))
        words = ["crawl", site, "--collection", "shrq", "--allow-private", "--delay", "0"]
        tested = policy_archive(folder, *words, "--test")
        assert tested.returncode == 0, tested.stderr
        assert f"analysis      2024-12-01  {TITLE}" in tested.stdout
        assert "policy-archive save shrq" in tested.stdout
        assert "policy-archive discard shrq" in tested.stdout
        assert not (folder / "home/collections").exists()
        shutil.copytree(folder / "home", folder / "tested")
        assert policy_archive(folder, *words).returncode == 0
    return folder


def home(homes: Path, folder: Path, name: str = "home") -> Path:
    """A home of its own for a test."""
    return Path(shutil.copytree(homes / name, folder / "home"))


def good(of: Path) -> Collection:
    collection = Collection.open(of / "collections/shrq")
    assert list(verify(collection)) == []
    return collection


def test_a_test_crawl_becomes_the_collection_where_there_is_none(homes: Path, tmp_path: Path) -> None:
    of = home(homes, tmp_path, "tested")
    files = Collection.open(of / "tests/collections/shrq").sealed_warcs()
    done = policy_archive(tmp_path, "save", "shrq")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("saved 1 test crawl of shrq: 1 WARC")
    collection = good(of)
    assert collection.sealed_warcs() == files
    assert [(entry["event"], entry.get("warcs")) for entry in collection.ledger][-1] == ("saved", files)
    assert {one["title"] for one in lines(collection.dataset_dir / "publications.jsonl")} >= {TITLE}
    assert not (of / "tests/collections/shrq").exists()


def test_what_a_crawl_repeats_is_never_a_test_crawls(homes: Path, tmp_path: Path) -> None:
    of = home(homes, tmp_path)
    collection = good(of)
    assert [line for line in collection.captures() if line.mime == "warc/revisit"] == []
    before = {path: path.read_bytes() for path in collection.path.rglob("*") if path.is_file()}
    done = policy_archive(tmp_path, "discard", "shrq")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("threw away 1 test crawl of shrq: 1 WARC")
    assert {path: path.read_bytes() for path in collection.path.rglob("*") if path.is_file()} == before
    assert list((of / "tests").iterdir()) == [of / "tests/collections"]
    again = policy_archive(tmp_path, "discard", "shrq")
    assert again.returncode == 2
    assert "no test crawl 'shrq'" in again.stderr


def test_a_test_crawl_is_saved_into_a_collection_whatever_cuts_it_off(
    homes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every renaming fails once, and every time the same call ends it."""
    of = home(homes, tmp_path)
    tested, real = (Collection.open(of / part / "shrq") for part in ("tests/collections", "collections"))
    wanted = sorted([*tested.sealed_warcs(), *real.sealed_warcs()])
    head, crawls = tested.ledger.head(), len(list(real.crawls_dir.iterdir()))
    captures = sorted([*tested.captures(), *real.captures()])
    rename, failed = Path.rename, set[Path]()

    def failing(path: Path, target: Path) -> Path:
        if path not in failed:
            failed.add(path)
            raise OSError(5, "cut off")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    while True:
        try:
            moved = side.save(of, "shrq")
            break
        except OSError:
            if (tested.state_dir / "saving.json").exists():
                with pytest.raises(CollectionError, match="half saved"):
                    side.discard(of, "shrq")
    assert {path.name for path in failed} >= {"shrq", *moved.files, *moved.crawls}
    assert moved.merged
    collection = good(of)
    assert collection.sealed_warcs() == wanted
    saved = [entry for entry in collection.ledger if entry["event"] == "saved"]
    assert [entry["head"] for entry in saved] == [head]
    assert len(list(collection.crawls_dir.iterdir())) == crawls + 1
    assert not (of / "tests/collections/shrq").exists()
    assert list(collection.captures()) == captures


def test_there_is_nothing_to_save(tmp_path: Path) -> None:
    done = policy_archive(tmp_path, "save", "shrq")
    assert done.returncode == 2
    assert "crawl --test" in done.stderr
