"""The names of the months: of the Gregorian year in English, Arabic and other languages, and of the Hijri year.

Arabic has four naming systems for the Gregorian months (Egypt and the Gulf, the Levant and Iraq, Tunisia and Algeria,
Morocco and Mauritania), and pages join two of them: «حزيران/يونيو». Everything here is written as `dates.fold` leaves
it: أإآ→ا, ى→ي, ة→ه, no marks, no tatweel.
"""

import re

# One line a month: English, French, German, Spanish (without accents where people drop them), then Italian, Portuguese,
# Turkish and Dutch in full | the Arabic systems.
_TABLE = """
january jan janvier januar jänner enero ene gennaio janeiro ocak januari | يناير|كانون الثاني|كانون ثاني|كانون ثان|جانفي
february feb février fevrier fevr februar febrero febbraio fevereiro şubat februari | فبراير|شباط|فيفري
march mar mars märz maerz marzo março mart maart | مارس|اذار
april apr avril avr abril abr aprile nisan | ابريل|نيسان|افريل
may mai mayo maggio maio mayıs mei | مايو|ايار|ماي
june jun juin juni junio giugno junho haziran | يونيو|يونيه|حزيران|جوان
july jul juillet juil juli julio luglio julho temmuz | يوليو|يوليه|تموز|جويليه|يوليوز
august aug août aout agosto ago ağustos augustus | اغسطس|اب|اوت|غشت|اغشت
september sept sep septembre septiembre settembre setembro eylül | سبتمبر|ايلول|شتنبر|شتمبر
october oct octobre oktober okt octubre ottobre outubro ekim | اكتوبر|تشرين الاول|تشرين اول|اوكتوبر
november nov novembre noviembre novembro kasım | نوفمبر|تشرين الثاني|تشرين ثاني|تشرين ثان|نونبر
december dec décembre decembre dezember dez diciembre dic dicembre dezembro aralık | ديسمبر|كانون الاول|كانون اول|دجنبر|دجمبر
"""  # noqa: E501


def _numbers() -> dict[str, int]:
    numbers: dict[str, int] = {}
    for number, line in enumerate(_TABLE.strip().splitlines(), 1):
        latin, arabic = line.split(" | ")
        numbers.update(dict.fromkeys(latin.split() + arabic.strip().split("|"), number))
    return numbers


_NUMBER_OF = _numbers()
_NAME = "|".join(
    sorted((re.escape(name).replace(r"\ ", r"\s+") for name in _NUMBER_OF), key=len, reverse=True)
)  # the longest first: «كانون الأول» before «كانون أول», "march" before "mar"
_BETWEEN = r"\s*[/\\(\[–—-]\s*|\s+او\s+"  # «حزيران/يونيو», «حزيران (يونيو)», «حزيران أو يونيو»
# No letter may stand before or after, but for a name that runs into the date: "Daniel BrumbergOct 24".
MONTH = (
    rf"(?:(?<![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))(?:{_NAME})(?![^\W\d_])\.?"
    rf"(?:(?:{_BETWEEN})(?:{_NAME})(?![^\W\d_])\s*[)\]]?)?"
)
HIJRI_MONTH = (
    r"محرم(?:\s+الحرام)?|صفر|ربيع\s+(?:الاول|الاخر|الثاني)|جماد[يا]\s+(?:الاولي|الاخره|الثانيه|الاول|الاخر|الثاني)|"
    r"رجب|شعبان|رمضان|شوال|ذ[ويا]\s+القعده|ذ[ويا]\s+الحجه|"
    r"muharram|safar|rabi['’ʿ]?\s+(?:al-|ul-)?(?:awwal|akhir|thani|i{1,2})|jumada\s+(?:al-)?(?:awwal|ula|akhir[ah]*|thani|i{1,2})|"
    r"rajab|sha['’ʿ]?ban|ramadan|shawwal|dh[ui]\s?[au]?l-(?:qi?['’ʿ]?dah?|hijjah?)"
)


def number(name: str) -> int | None:
    """The month of what `MONTH` matched; null where a double form names two months: «يونيو/يوليو» is no month."""
    pieces = re.split(_BETWEEN, re.sub(r"\s+", " ", name.lower().strip(" )].")))
    numbers = {_NUMBER_OF[piece.strip(" .")] for piece in pieces}
    return numbers.pop() if len(numbers) == 1 else None
