"""Interviews: who asks, who answers, and pages that only look like one."""

import pytest

from archive.extract import interview
from archive.institutes.profile import Kind, KindRule
from tests.archive.extract.pages import LONG, LONG_ARABIC, PROFILE, content

RULED = PROFILE.model_copy(update={"kinds": (KindRule(kind=Kind.INTERVIEW, title=("^Q&A",)),)})


def turns(body: str, **more: str) -> list[tuple[str, str | None, str]]:
    return [(block.type, block.speaker, block.text[:12]) for block in content(body, RULED, **more).blocks]


def test_headings_that_ask_are_questions() -> None:
    asked = "".join(f"<h2>ما رأيك في النقطة {number}؟</h2><p>{LONG_ARABIC}</p>" for number in range(6))
    found = content(f"<p>{LONG_ARABIC}</p>{asked}")
    assert found.kind is Kind.INTERVIEW
    assert [block.type for block in found.blocks[:4]] == ["paragraph", "question", "answer", "question"]
    assert found.blocks[1].level == 2


def test_labels_name_the_speakers() -> None:
    found = turns(
        f"<p>{LONG}</p><p><b>EXIN:</b> Why?</p><p>KN: Because.</p><p>{LONG}</p><p>EXIN: And?</p><p>KN: No.</p>"
    )
    assert found == [
        ("paragraph", None, LONG[:12]), ("question", "EXIN", "Why?"), ("answer", "KN", "Because."),
        ("answer", "KN", LONG[:12]),
        ("question", "EXIN", "And?"), ("answer", "KN", "No."),
    ]  # fmt: skip


def test_bold_paragraphs_that_ask_are_questions_where_a_rule_says_interview() -> None:
    found = turns(
        f"<p>{LONG}</p><p><strong>How so?</strong></p><p>{LONG}</p><p><b>ثم ماذا؟</b></p><p>x</p>", title="Q&amp;A"
    )
    assert [kind for kind, _, _ in found] == ["paragraph", "question", "answer", "question", "answer"]


def test_an_analysis_with_some_questions_as_headings_is_no_interview() -> None:
    found = content(
        f"<h2>ما العمل؟</h2><p>{LONG_ARABIC}</p><h2>The money</h2><p>{LONG}</p><h2>And now?</h2><p>{LONG}</p>"
    )
    assert found.kind is Kind.ANALYSIS
    assert [block.type for block in found.blocks].count("heading") == 3


def test_run_in_labels_of_a_brief_are_no_speakers() -> None:
    found = content(f"<p><b>Background:</b> {LONG}</p><p><b>Summary:</b> {LONG}</p><p><b>Significance:</b> {LONG}</p>")
    assert found.kind is Kind.ANALYSIS
    assert found.blocks[0].text.startswith("Background:")


@pytest.mark.parametrize(
    ("title", "guest"),
    [
        ("Water after the Dam: Q&A with Omar E. Ben Salah on the Water Law", "Omar E. Ben Salah"),
        ("An Interview with Dr. Lina al-Masri", "Lina al-Masri"),
        ("In Conversation with Elias O’Farrell: What Next?", "Elias O’Farrell"),
        ("حوار من بيروت: مقابلة مع كريم بو كرم حول قانون المياه", "كريم بو كرم"),
        ("مقابلة خاصة مع ليلى القنديل", "ليلى القنديل"),
        ("An Interview with the Minister of Justice", None),
        ("Q&A with Lina Farah and Karim Nammour on Elections", None),
        ("What Now for the Talks with Karim Nammour", None),
        (None, None),
    ],
)
def test_the_guest_is_whom_the_title_names(title: str | None, guest: str | None) -> None:
    assert interview.guest(title) == guest


def test_answers_without_labels_are_the_guest_s() -> None:
    asked = "".join(f"<h2>Why point {number}?</h2><p>{LONG}</p>" for number in range(3))
    found = content(f"<p>{LONG}</p>{asked}", RULED, title="Q&A with Lina Farah on the Law")
    assert [block.speaker for block in found.blocks[:3]] == [None, None, "Lina Farah"]


def test_a_label_may_stand_above_its_words() -> None:
    found = turns(
        f"<p>{LONG}</p><p><b>EXIN:</b></p><p>لماذا؟</p><p><b>KN:</b></p><p>Because.</p><p>EXIN: And?</p><p>KN: No.</p>"
    )
    assert found == [
        ("paragraph", None, LONG[:12]), ("question", "EXIN", "لماذا؟"), ("answer", "KN", "Because."),
        ("question", "EXIN", "And?"), ("answer", "KN", "No."),
    ]  # fmt: skip
