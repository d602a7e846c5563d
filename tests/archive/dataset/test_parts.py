"""Publications that are spread over several pages: joined, named as sources, no publications of their own."""

from pathlib import Path

from archive.extract.page import Block, Content, NoteMark, Page, Part, PartLink, Role
from tests.archive.dataset.making import Site, content

FIRST = "https://nile.example/2024/03/05/a-page/"


def first(*numbers: int) -> Part:
    return Part(number=1, first=None, others=tuple(PartLink(number=n, url=f"{FIRST}{n}/") for n in numbers))


def later(number: int, *others: int) -> Part:
    return Part(number=number, first=FIRST, others=tuple(PartLink(number=n, url=f"{FIRST}{n}/") for n in others))


def spread(site: Site, crawl: int = 1, second: str = "ثانياً.", post_id: int | None = None) -> None:
    site.page(f"{FIRST}2/", content(text=second), crawl, part=later(2, 3), post_id=post_id)
    site.page(FIRST, content(text="One."), crawl, part=first(2), post_id=post_id)
    site.page(f"{FIRST}3/", content(text="Three."), crawl, part=later(3, 2), post_id=post_id)


def test_parts_are_joined_in_order_and_named_as_sources(tmp_path: Path) -> None:
    for post_id in (None, 7):
        site = Site()
        spread(site, post_id=post_id)
        [one] = site.assembled(tmp_path)
        latest = one.latest
        assert latest.text == "One.\n\nثانياً.\n\nThree."
        assert (latest.url, latest.aliases) == (FIRST, ())
        assert [(part.number, part.url, part.source.offset) for part in latest.parts] == [
            (2, f"{FIRST}2/", 0), (3, f"{FIRST}3/", 2000),
        ]  # fmt: skip
        assert latest.source.offset == 1000


def test_the_id_is_that_of_the_first_page_in_whatever_order_they_came(tmp_path: Path) -> None:
    site = Site()
    spread(site)
    alone = Site()
    alone.page(FIRST)
    assert site.assembled(tmp_path)[0].latest.id == alone.assembled(tmp_path)[0].latest.id
    assert site.assembled(tmp_path, [2, 1, 0]) == site.assembled(tmp_path)


def test_a_part_that_changes_makes_a_version(tmp_path: Path) -> None:
    site = Site()
    spread(site)
    spread(site, crawl=2)
    spread(site, crawl=3, second="Changed.")
    [one] = site.assembled(tmp_path)
    assert [version.text for version in one.versions] == ["One.\n\nثانياً.\n\nThree.", "One.\n\nChanged.\n\nThree."]


def test_a_part_that_was_not_captured_is_a_doubt(tmp_path: Path) -> None:
    site = Site()
    site.page(FIRST, content(text="أولاً."), part=first(2))
    site.missing(f"{FIRST}2/")
    [one] = site.assembled(tmp_path)
    assert (one.latest.text, one.latest.parts, one.latest.state) == ("أولاً.", (), "live")
    assert "part_missing" in one.latest.warnings


def test_a_part_whose_first_page_was_not_captured_stands_alone(tmp_path: Path) -> None:
    site = Site()
    site.page(f"{FIRST}2/", content(text="Two."), part=later(2))
    [one] = site.assembled(tmp_path)
    assert one.latest.text == "Two."


def test_notes_keep_their_blocks_and_what_pages_repeat_stands_once(tmp_path: Path) -> None:
    def noted(text: str) -> Content:
        mark = NoteMark(text="[1]", start=0, end=3, mark="1", block=1)
        blocks = (Block(type="paragraph", text="[1]", notes=(mark,)), Block(type="footnote", text=text, mark="1"))
        return content(blocks=blocks, tags=("مصر",))

    site = Site()
    site.page(FIRST, noted("first"), part=first(2))
    site.page(f"{FIRST}2/", noted("ثان"), part=later(2))
    [one] = site.assembled(tmp_path)
    blocks = one.latest.blocks or ()
    assert [blocks[note.block].text for block in blocks for note in block.notes] == ["first", "ثان"]
    assert one.latest.tags == ("مصر",)
    assert one.latest.markdown == "[^1]\n\n[^1]: first\n\n[^1-3]\n\n[^1-3]: ثان"


def test_a_page_says_nothing_of_parts_by_default() -> None:
    assert Page(url=FIRST, captured_at=Site().page(FIRST).captured_at, status=200, role=Role.PUBLICATION).part is None
