"""What is published: made from (seed, number, revision) alone, a million as cheaply as ten, every slug leading back."""

import json
import time
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.demo.case_layouts import FACTS, TIMELINES
from crawler.demo.institute import Institute
from crawler.demo.outline import SLOTS, case_layouts, edits, outline, published_at, slug_of, updates
from crawler.demo.publication import plain
from crawler.demo.series import Chain, Series
from crawler.demo.truth import truth, write_truth

HOME = "http://127.0.0.1:8765/"
KINDS = {"analysis", "interview", "brief", "weekly_brief", "report", "statement", "event", "legal_case"}
RARE = {"timeline_item", "table"}


def test_the_same_numbers_make_the_same_publication() -> None:
    one, other = Institute(HOME, 60, seed=3), Institute(HOME, 5_000, seed=3)
    assert [truth(one, n)["paragraphs"] for n in range(60)] == [truth(other, n)["paragraphs"] for n in range(60)]
    assert truth(one, 7) == truth(Institute(HOME, 60, seed=3), 7)
    assert truth(one, 7)["paragraphs"] != truth(Institute(HOME, 60, seed=4), 7)["paragraphs"]


def test_the_last_of_a_million_is_made_without_the_rest() -> None:
    began = time.perf_counter()
    institute = Institute(HOME, 1_000_000)
    last = truth(institute, 999_999)
    assert len(institute.everything) == 1_000_000
    assert len(last["paragraphs"]) > 0
    assert institute.by_slug(institute.outline(999_999).slug) == 999_999
    assert list(institute.everything.newest(0, 1)) == [999_999]
    assert time.perf_counter() - began < 5  # milliseconds, in truth: making the rest would take minutes


def test_ten_publications_have_nearly_every_kind_and_forty_every_layout() -> None:
    assert {SLOTS[n][0] for n in range(10)} == KINDS
    assert {SLOTS[n][:2] for n in range(40)} == {(kind, language) for kind in KINDS | RARE for language in ("en", "ar")}
    cases = [n for n in range(120) if SLOTS[n % 40][0] == "legal_case"]
    assert {case_layouts(n)[0] for n in cases if n < 40} == set(FACTS)
    assert {case_layouts(n)[1] for n in cases if n < 40} == set(TIMELINES)
    for language in ("en", "ar"):
        own = [case_layouts(n) for n in cases if SLOTS[n % 40][1] == language]
        assert ({facts for facts, _ in own}, {timeline for _, timeline in own}) == (set(FACTS), set(TIMELINES))
    assert {SLOTS[n][1] for n in range(10)} == {"en", "ar"}


@pytest.mark.parametrize("pages", [9, 1_000_001])
def test_sizes_outside_the_range_are_refused(pages: int) -> None:
    with pytest.raises(ValueError, match="publications"):
        Institute(HOME, pages)


def test_arabic_slugs_are_cut_at_200_bytes_inside_words_and_stay_utf8() -> None:
    institute = Institute(HOME, 2_000)
    slugs = [institute.outline(n).slug for n in range(2_000) if SLOTS[n % 40][1] == "ar"]
    assert max(map(len, slugs)) == 200
    assert all("\ufffd" not in unquote(slug) for slug in slugs)
    assert any("مِن" in unquote(slug) for slug in slugs)  # marks are kept
    assert all(slug == slug.lower() for slug in slugs)  # as WordPress writes its escapes
    about = institute.outline(4)
    assert unquote(about.slug) != slug_of(about.title)
    words = set(about.title.split())
    assert unquote(about.slug).split("-")[-1] not in words


def test_two_long_titles_collide_and_the_second_gets_a_number() -> None:
    institute = Institute(HOME, 100)
    first, second = institute.outline(4), institute.outline(44)
    assert first.title != second.title
    assert second.slug.endswith("-2")
    assert first.slug.startswith(second.slug[:-2])
    assert [institute.by_slug(about.slug) for about in (first, second)] == [4, 44]


def test_slugs_are_unique_and_lead_back_in_either_case_of_their_escapes() -> None:
    institute = Institute(HOME, 3_000)
    slugs = [institute.outline(n).slug for n in range(3_000)]
    assert len(set(slugs)) == 3_000
    assert [institute.by_slug(slug) for slug in slugs] == list(range(3_000))
    assert institute.by_slug(slugs[4].upper().replace("-", "-")) == 4
    assert institute.by_slug("no-such-thing") is None


def test_days_rise_with_numbers() -> None:
    days = [published_at(n) for n in range(5_000)]
    assert days == sorted(days)
    assert published_at(999_999).year == 2024


def test_a_revision_has_new_edited_updated_and_removed_publications() -> None:
    before, after = Institute(HOME, 60), Institute(HOME, 60, revision=1)
    new = [n for n in range(after.total) if n >= before.total]
    removed = [n for n in range(60) if not after.is_live(n)]
    changed = [n for n in range(60) if truth(before, n)["paragraphs"] != truth(after, n)["paragraphs"]]
    updated = [n for n in range(60) if updates(1, n, 1)]
    edited = [n for n in range(60) if edits(1, n, 1)]
    assert new
    assert removed
    assert set(changed) <= set(updated) | set(edited)
    assert set(edited) <= set(changed)
    for n in set(updated) - set(removed):
        case = truth(after, n)["case"]
        if case:
            assert len(case["timeline"]) == len(truth(before, n)["case"]["timeline"]) + 1
        else:
            assert truth(after, n)["paragraphs"][0].startswith(("UPDATE:", "تحديث:"))
    assert all(before.outline(n).path == after.outline(n).path for n in range(60))
    assert len(after.everything) == after.total - len(removed)


def test_even_ten_publications_lose_one_at_the_first_revision() -> None:
    assert not all(Institute(HOME, 10, revision=1).is_live(n) for n in range(10))


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_listings_hold_what_they_should(revision: int) -> None:
    institute = Institute(HOME, 300, revision=revision)
    live = [n for n in range(institute.total) if institute.is_live(n)]
    assert list(institute.everything.newest(0, 10_000)) == live[::-1]
    for sort, slug, has in (
        ("category", "case-files", lambda n: institute.outline(n).kind == "legal_case"),
        ("category", "commentary", lambda n: institute.outline(n).kind in ("analysis", "interview")),
        ("tag", "حقوق-الإنسان", lambda n: "حقوق-الإنسان" in [tag.slug for tag in institute.outline(n).tags]),
        ("author", "muna0", lambda n: "muna0" in [person.login for person in institute.outline(n).people]),
        ("areas-of-focus", "lebanon", lambda n: institute.outline(n).area.slug == "lebanon"),
    ):
        chain = institute.listing(sort, slug)
        assert chain is not None
        assert list(chain.newest(0, 10_000)) == [n for n in reversed(live) if has(n)], slug
    assert institute.listing("tag", "no-such") is None
    between = institute.between(100, 200)
    assert list(between.newest(0, 1_000)) == [n for n in reversed(live) if 100 <= n < 200]


def test_a_series_is_what_counting_gives() -> None:
    for low, high in ((0, 0), (0, 7), (3, 50), (13, 14)):
        series = Series(low, high, 7, lambda n: n in (1, 4))
        wanted = [n for n in range(low, high) if n % 7 in (1, 4)]
        assert [series[at] for at in range(len(series))] == wanted
        assert [Chain(series).below(n) for n in range(60)] == [sum(w < n for w in wanted) for n in range(60)]


def test_truth_is_written_line_by_line(tmp_path: Path) -> None:
    institute = Institute(HOME, 60, revision=1)
    count = write_truth(institute, tmp_path / "truth.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == count == len(institute.everything)
    assert {line["kind"] for line in lines} == KINDS | RARE
    assert all(line["live"] for line in lines)


def test_paragraphs_differ() -> None:
    institute = Institute(HOME, 200)
    texts = [text for n in range(200) for text in truth(institute, n)["paragraphs"]]
    repeated = [text for text, times in Counter(texts).items() if times > 1]
    assert len(repeated) < len(texts) / 100


def test_an_interview_has_its_speakers() -> None:
    institute = Institute(HOME, 60)
    labels = institute.publication(16)
    assert {block.label for block in labels.blocks if block.type == "question"} == {"DIRP"}
    arabic = truth(institute, 26)
    assert arabic["questions"][0]["speaker"] == "معهد العرض"
    assert all(question["text"].endswith("؟") for question in arabic["questions"])
    assert all(plain(block.text) for block in labels.blocks if block.type == "answer")
    assert outline(1, 16, 0) == labels.outline
