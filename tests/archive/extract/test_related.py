"""What a body holds that points at other publications."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, content

PROSE = f"<p>{LONG}</p>" * 6
PROSE_ARABIC = f"<p>{LONG_ARABIC}</p>" * 6


def kept_and_related(body: str) -> tuple[list[str], list[str]]:
    found = content(body)
    return [block.text for block in found.blocks], [one.url for one in found.related]


@pytest.mark.parametrize(
    ("prose", "words"),
    [(PROSE, "What the committee did a year before"), (PROSE_ARABIC, "ما فعلته اللجنة قبل عام من ذلك")],
)
def test_a_line_that_is_only_a_link_to_the_same_site_is_related(prose: str, words: str) -> None:
    texts, related = kept_and_related(f"{prose}<p><a href='/a/'><strong>{words}</strong></a></p>{prose}")
    assert words not in texts
    assert related == ["https://institute.example/a/"]


@pytest.mark.parametrize("address", ["https://court.example/ruling/", "/files/ruling.pdf"])
def test_a_line_that_links_to_a_source_or_a_file_stays(address: str) -> None:
    words = "The ruling of the court in full, with its annexes"
    texts, related = kept_and_related(f"{PROSE}<p><a href='{address}'>{words}</a></p>{PROSE}")
    assert words in texts
    assert related == []


@pytest.mark.parametrize(
    ("prose", "one", "two"),
    [(PROSE, "The first law", "The second law"), (PROSE_ARABIC, "القانون الأول", "القانون الثاني")],
)
def test_a_list_of_links_behind_the_text_is_related(prose: str, one: str, two: str) -> None:
    texts, related = kept_and_related(
        f"{prose}<ul><li><a href='/one/'>{one}</a></li><li><a href='/two/'>{two}</a></li></ul>"
    )
    assert len(texts) == 6
    assert related == ["https://institute.example/one/", "https://institute.example/two/"]


@pytest.mark.parametrize("label", ["Sources", "References:", "المصادر", "قائمة المراجع"])
def test_a_list_of_sources_stays(label: str) -> None:
    body = f"{PROSE}<h2>{label}</h2><ul><li><a href='/one/'>The first law</a></li></ul>"
    assert kept_and_related(body)[0][-2:] == [label, "The first law"]


@pytest.mark.parametrize("prose", [PROSE, PROSE_ARABIC])
def test_cards_behind_the_text_are_related(prose: str) -> None:
    cards = "".join(
        f"<div><a href='/{name}/'><h3>Card {name}</h3></a><p>March 5, 2024</p><p>A teaser of one line.</p></div>"
        for name in ("one", "two", "three")
    )
    texts, related = kept_and_related(f"{prose}<div class='row'>{cards}</div>")
    assert len(texts) == 6
    assert related == [f"https://institute.example/{name}/" for name in ("one", "two", "three")]


def test_sections_whose_headings_are_links_stay() -> None:
    sections = "".join(f"<h3><a href='/{at}/'>Section {at}</a></h3><p>{LONG}</p><p>{LONG}</p>" for at in range(5))
    assert len(kept_and_related(f"<p>{LONG}</p>{sections}")[0]) == 16
