"""Blocks that the template or the editor put beside the text, told by their words."""

import pytest

from archive.extract import furniture


@pytest.mark.parametrize(
    "text",
    [
        "Follow the institute on Facebook and Telegram",
        "Click here to subscribe to the weekly letter",
        "Get the week's briefings in your inbox",
        "Article continues below",
        "This slideshow requires JavaScript.",
        "Image 2 of 7",
        "Jump to section",
        "Already a subscriber? Log in",
        "Was this page helpful? Yes No",
        "Thank you for subscribing!",
        "Advertisement. Scroll to continue reading.",
        "Share this article with your friends",
        "شارك هذا المقال على فيسبوك",
        "تابعونا على فيسبوك وتلغرام",
        "للاشتراك في النشرة الأسبوعية",
        "انضموا إلى قناتنا على تلغرام",
        "حمّل تطبيق المعهد",
        "تابع القراءة بعد الإعلان",
        "صورة 2 من 7",
        "هل لديك حساب؟ سجّل الدخول",
        "هل كانت هذه الصفحة مفيدة؟ نعم لا",
        "شكراً على الاشتراك",
        "مدة القراءة: ٥ دقائق",
        "قيّم هذا المقال",
        "جدول المحتويات",
        "Like what you're reading? Subscribe to our letters.",
        "هل أعجبك ما قرأت؟ اشترك في رسائلنا.",
        "This story is funded by readers like you. Give today.",
        "هذا التقرير بدعم من قرائنا. تبرّع اليوم.",
        "Did you make this recipe? Tell us how it went.",
        "هل جربت هذه الوصفة؟ أخبرنا.",
        "هل أعجبك هذا المقال؟",
    ],
)
def test_lines_of_the_template_are_furniture(text: str) -> None:
    assert furniture.is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "73/2015",
        "Was this a coup?",
        "Posted on a wall of the court, the list had forty names.",
        "Copyright law is older than the constitution.",
        "اشترك في الاحتجاج ثلاثة آلاف شخص.",
        "تابعون للحكومة في المجلس",
        "هل كان هذا القرار دستورياً؟",
        "Share this timeline with the court before the hearing.",
        "شارك في الاجتماع ثلاثة من القضاة.",
        "Follow the money, and the court's decision is easy to understand.",
        "Click here to read the decision of the court in full.",
        "Get the committee to meet first: that was the advice.",
        "تابع القاضي النظر في الدعوى حتى نهاية العام.",
        "انضم إلى الدعوى ثلاثة من المحامين.",
        "هل يملك البرلمان هذا الحق؟",
        "التالي في ترتيب الحكم هو نائب الرئيس.",
        "Like what you see in the mirror, the state is what you make of it.",
        "هل أعجبك ما قرأت في الحكم أم لم يعجبك، فهو ملزم.",
        "This work was supported by members of parliament.",
        "هذا التقرير بدعم من صندوق الأمم المتحدة للسكان.",
        "Did you make this decision alone? the judge asked.",
        "هل جربت هذه المحاكم من قبل؟",
    ],
)
def test_sentences_that_begin_alike_are_none(text: str) -> None:
    assert not furniture.is_furniture(text)


@pytest.mark.parametrize("text", ["Read more", "Get started", "Donate now", "اقرأ المزيد", "تواصل معنا", "تبرّع الآن"])
def test_words_of_buttons(text: str) -> None:
    assert furniture.is_button(text)


@pytest.mark.parametrize("text", ["Read more about the law in the annex", "المزيد من القوانين في الملحق"])
def test_words_that_say_more_are_no_button(text: str) -> None:
    assert not furniture.is_button(text)


@pytest.mark.parametrize(
    "text",
    [
        "Related",
        "RELATED:",
        "Read also",
        "More great stories",
        "Other posts you may like",
        "ذات صلة",
        "اقرأ أيضاً",
        "المزيد من المقالات",
    ],
)
def test_labels_of_related_pages(text: str) -> None:
    assert furniture.reads_also(text)


def test_a_sentence_that_begins_with_related_is_no_label() -> None:
    assert not furniture.reads_also("Related cases were heard in the spring.")
