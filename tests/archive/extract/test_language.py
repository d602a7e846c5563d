"""The language of a text, whatever the page declares."""

import pytest

from archive.extract.language import of_text


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
    assert of_text(text, hint) == expected
