"""Days as the demo institute writes them: in the ways of English, and in the naming systems of Arabic months."""

from datetime import date

EGYPTIAN = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
LEVANTINE = [
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
]
MAGHREBI = ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def english(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def slashed(day: date) -> str:
    """Month first, as the institute's English lists have it."""
    return f"{day:%m/%d/%Y}"


def arabic(day: date, system: int) -> str:
    """`system`: 0 Egyptian, 1 Levantine, 2 Maghrebi, 3 double (Levantine/Egyptian), 4 Levantine with Arabic-Indic
    digits, 5 figures, day first."""
    at = day.month - 1
    if system == 5:
        return f"{day.day}-{day.month}-{day.year}"
    month = (EGYPTIAN[at], LEVANTINE[at], MAGHREBI[at], f"{LEVANTINE[at]}/{EGYPTIAN[at]}", LEVANTINE[at])[system]
    text = f"{day.day} {month} {day.year}"
    return text.translate(_DIGITS) if system == 4 else text


def system_of(number: int) -> int:
    """The way of writing Arabic days that publication `number` has."""
    return (number // 40 + number) % 6


def day_in(day: date, language: str, number: int) -> str:
    """A day as running text of publication `number` writes it."""
    return arabic(day, system_of(number)) if language == "ar" else english(day)


def month_name(month: str) -> str:
    """`2020/08` as a list of archives names it."""
    year, number = month.split("/")
    return f"{date(int(year), int(number), 1):%B} {year}"
