"""The language of a text, whatever the page declares."""

import pytest

from archive.extract.language import of_text
from tests.archive.extract.pages import LONG, LONG_ARABIC, PLAIN, article, content, page

FRENCH = "Le comité a reporté la loi, et les députés qui étaient dans la salle ne sont pas revenus sur cette décision."
TURKISH = (
    "Komite bu yasayı bir yıl daha erteledi ve toplantıya katılan üyeler ne karar verildiğini söylemedi, ama olsun."
)
PERSIAN = "این قانون را که برای همه مردم است، مجلس یک سال دیگر به تعویق انداخت و کسی نگفت چرا، اما از آن خبر دارند."


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("The committee delayed the law and it was not published", "ar", ("en", "ltr")),
        ("أرجأت اللجنة مشروع القانون إلى ما بعد التصويت", "en-US", ("ar", "rtl")),
        ("أرجأت اللجنة (The Committee) مشروع القانون إلى ما بعد التصويت في البرلمان", None, ("ar", "rtl")),
        ("این قانون برای همه مردم است و باید اجرا شود", "ar", ("fa", "rtl")),
        ("یہ قانون سب کے لیے ہے اور اس میں", None, ("ur", "rtl")),
        ("Le comité a reporté la loi et les débats sont dans une impasse", "en", ("fr", "ltr")),
        ("Der Ausschuss hat das Gesetz nicht verschoben und die Debatte ist", None, ("de", "ltr")),
        ("El comité no aplazó la ley y los debates en el parlamento", None, ("es", "ltr")),
        ("הוועדה דחתה את החוק", None, ("he", "rtl")),
        ("Sudan", "en-US", ("en", "ltr")),
        ("السودان", "en-US", ("ar", "rtl")),
        ("2024 – 12", "en", (None, None)),
        ("", None, (None, None)),
    ],
)
def test_language_and_direction(text: str, hint: str | None, expected: tuple[str | None, str | None]) -> None:
    found = of_text(text, hint)
    assert (found.code, found.direction) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TURKISH, "tr"),
        ("Komîteya parlamentoyê ev qanûn ji bo sala bê hişt û ew kesên ku li wir bûn tiştek negotin", "ku"),
        ("لیژنەکە ئەم یاسایەی بۆ ساڵێکی دیکە دواخست و کەس نەیگوت کە بۆچی لە پەرلەمان", "ckb"),
        ("کمیټې دا قانون د بل کال له پاره وځنډاوه او هیڅوک ونه ویل چې ولې دي", "ps"),
        (PERSIAN, "fa"),
        ("Комитет отложил закон на год, и никто не сказал, что это за решение и как его приняли", "ru"),
        ("Il comitato ha rinviato la legge e non è stata più discussa nella seduta che si è tenuta", "it"),
        ("De commissie heeft de wet niet aangenomen en dat is ook voor het parlement een probleem", "nl"),
        ("O comité adiou a lei e não foi mais discutida na sessão que os deputados tiveram em Beirute", "pt"),
    ],
)
def test_languages_of_one_script(text: str, code: str) -> None:
    found = of_text(text, None)
    assert (found.code, found.sure) == (code, True)


def test_the_document_is_what_it_is_written_in() -> None:
    markup = article(f"<p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p>", title="تأجيل", language="en-US")
    found = page(markup, PLAIN)
    assert found.content is not None
    assert (found.content.language, found.content.direction) == ("ar", "rtl")
    assert "language_conflict" in found.warnings
    assert "language_conflict" not in page(markup.replace("en-US", "ar-EG"), PLAIN).warnings


def test_a_doubtful_language_is_a_warning() -> None:
    assert "language_unsure" in page(article("<p>Beirut 2024</p>", title="Beirut"), PLAIN).warnings
    assert "language_unsure" not in page(article(f"<p>{LONG}</p>"), PLAIN).warnings


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"<p>{LONG}</p><p>{LONG_ARABIC}</p><p>{LONG}</p>", [(None, None), ("ar", "rtl"), (None, None)]),
        (f"<p>{LONG_ARABIC}</p><p>{LONG}</p><p>{LONG_ARABIC}</p>", [(None, None), ("en", "ltr"), (None, None)]),
        (
            f"<p>{LONG}</p><blockquote><p>{FRENCH}</p></blockquote><p>{LONG}</p>",
            [(None, None), ("fr", None), (None, None)],
        ),
        (f"<p>{LONG}</p><p>{TURKISH}</p><p>{LONG}</p>", [(None, None), ("tr", None), (None, None)]),
        (f"<p>{3 * LONG_ARABIC}</p><p>{PERSIAN}</p>", [(None, None), ("fa", None)]),
        # a name or a title in a sentence makes no language
        (f"<p>{LONG}</p><p>Le Monde and Der Spiegel wrote about the law.</p>", [(None, None), (None, None)]),
        (f"<p>{LONG_ARABIC}</p><p>قالت صحيفة Le Monde إن القانون لم يُنشر.</p>", [(None, None), (None, None)]),
    ],
)
def test_each_block_has_its_own(body: str, wanted: list[tuple[str | None, str | None]]) -> None:
    assert [(block.language, block.direction) for block in content(body).blocks] == wanted
