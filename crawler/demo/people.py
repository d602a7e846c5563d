"""Who and what the demo institute names: its people, its tags, its categories, and a made-up place for every
publication."""

from typing import NamedTuple

INSTITUTE = "Demo Institute for Regional Policy"
INSTITUTE_AR = "معهد العرض للسياسات الإقليمية"
SHORT = "DIRP"

# A place's name is its publication's number in base 42, four syllables of two letters, scrambled by the seed. So a
# slug, which holds the name, leads back
# to its number, and a site of a million publications needs no table of its addresses.
CONSONANTS = "btdrzsfklmnhjq"
CONSONANTS_AR = "بتدرزسفكلمنهجق"
SYLLABLES = tuple(c + v for c in CONSONANTS for v in "aui")
SYLLABLES_AR = tuple(c + v for c in CONSONANTS_AR for v in "اوي")
PLACES = len(SYLLABLES) ** 4  # 3,111,696
_FACTOR = 1_299_709  # a prime, so it has an inverse modulo 2⁴·3⁴·7⁴
_INVERSE = pow(_FACTOR, -1, PLACES)


def place(seed: int, number: int, language: str) -> str:
    """The invented place that publication `number` is about; no two numbers below PLACES share one."""
    rest = (number * _FACTOR + seed * 7_919 + 40_009) % PLACES
    syllables = SYLLABLES_AR if language == "ar" else SYLLABLES
    word = ""
    for _ in range(4):
        rest, digit = divmod(rest, len(syllables))
        word += syllables[digit]
    return word.capitalize()


def place_number(seed: int, word: str) -> int | None:
    """The number whose place `word` is (either script, any case), or None."""
    table = _DIGITS if len(word) == 8 else {}
    total = 0
    for at in (6, 4, 2, 0):
        digit = table.get(word[at : at + 2])
        if digit is None:
            return None
        total = total * len(SYLLABLES) + digit
    return (total - seed * 7_919 - 40_009) * _INVERSE % PLACES


_DIGITS = {syllable: digit for syllables in (SYLLABLES, SYLLABLES_AR) for digit, syllable in enumerate(syllables)}


class Person(NamedTuple):
    login: str
    name: str
    arabic: str
    role: str
    role_arabic: str


_FIRST = (
    ("Muna", "منى"), ("Karim", "كريم"), ("Walid", "وليد"), ("Leila", "ليلى"), ("Tarek", "طارق"), ("Nour", "نور"),
    ("Samir", "سمير"), ("Huda", "هدى"),
    ("Omar E.", "عمر"), ("Rasha", "رشا"), ("Elias", "إلياس"), ("Dina", "دينا"), ("Jonas", "يوناس"),
)  # fmt: skip
_LAST = (
    ("Al-Zahrawi", "الزهراوي"), ("Demir", "دمير"), ("Ben Salah", "بن صالح"), ("O’Farrell", "أوفاريل"),
    ("Qandil", "قنديل"), ("el-Masri", "المصري"),
    ("Haddadin", "حدادين"), ("Lindqvist", "لندكفيست"), ("Bou Karam", "بو كرم"), ("AlShami", "الشامي"),
)  # fmt: skip
_ROLES = (
    ("Nonresident Fellow", "زميل غير مقيم"), ("Senior Legal Adviser", "مستشار قانوني أول"),
    ("Research Associate", "باحث مشارك"),
    ("Director of Programs", "مدير البرامج"), ("Visiting Scholar", "باحث زائر"),
)  # fmt: skip
PEOPLE = tuple(
    Person(
        f"{first[0].lower().split()[0]}{n}", f"{first[0]} {last[0]}", f"{first[1]} {last[1]}", *_ROLES[n % len(_ROLES)]
    )
    for n, (first, last) in enumerate((_FIRST[n % len(_FIRST)], _LAST[n % len(_LAST)]) for n in range(37))
)  # fmt: skip


class Term(NamedTuple):
    """A category, tag or area: its slug (percent-encoded in addresses where it is Arabic), and its name in both
    languages."""

    slug: str
    name: str
    arabic: str


TAGS = tuple(
    Term(slug, name, arabic)
    for slug, name, arabic in (
        ("parliament", "Parliament", "البرلمان"), ("finance", "Finance", "المالية العامة"),
        ("water", "Water", "المياه"), ("detention", "Detention", "الاحتجاز"),
        ("elections", "Elections", "الانتخابات"), ("press-freedom", "Press Freedom", "حرية الصحافة"),
        ("labor", "Labor", "العمل"), ("ports", "Ports", "المرافئ"),
        ("courts", "Courts", "المحاكم"), ("reparations", "Reparations", "جبر الضرر"),
        ("energy", "Energy", "الطاقة"), ("land", "Land", "الأرض"),
        ("displacement", "Displacement", "النزوح"), ("civil-society", "Civil Society", "المجتمع المدني"),
        ("budget", "Budget", "الموازنة"),
        ("health", "Health", "الصحة"), ("education", "Education", "التعليم"),
        ("حقوق-الإنسان", "Human Rights", "حقوق الإنسان"), ("transport", "Transport", "النقل"),
        ("constitution", "Constitution", "الدستور"), ("climate", "Climate", "المناخ"),
        ("missing-persons", "Missing Persons", "المفقودون"),
        ("telecom", "Telecom", "الاتصالات"), ("local-rule", "Local Government", "الحكم المحلي"),
    )
)  # fmt: skip
AREAS = tuple(
    Term(slug, name, arabic)
    for slug, name, arabic in (
        ("egypt", "Egypt", "مصر"), ("lebanon", "Lebanon", "لبنان"), ("iraq", "Iraq", "العراق"),
        ("tunisia", "Tunisia", "تونس"), ("syria", "Syria", "سوريا"),
        ("libya", "Libya", "ليبيا"),
    )
)  # fmt: skip
CATEGORIES = {
    "analysis": Term("analysis", "Analysis", "تحليلات"),
    "interview": Term("interviews", "Interviews", "مقابلات"),
    "brief": Term("briefs", "Briefs", "موجزات"),
    "weekly_brief": Term("week-in-brief", "Week in Brief", "الأسبوع في موجز"),
    "report": Term("special-reports", "Special Reports", "تقارير خاصة"),
    "statement": Term("press-releases", "Press Releases", "بيانات صحفية"),
    "event": Term("events", "Events", "فعاليات"),
    "legal_case": Term("case-files", "Case Files", "ملفات قضايا"),
    "timeline_item": Term("timeline", "Timeline", "تسلسل زمني"),
    "table": Term("legislation-tracker", "Legislation Tracker", "رصد التشريعات"),
}
OLD_FOLDERS = {
    "analysis": "commentary/analysis", "interview": "commentary", "brief": "reports-briefings",
    "weekly_brief": "reports-briefings",
    "report": "reports-briefings", "statement": "press/press-releases", "event": "events/previous",
    "legal_case": "legal-unit", "timeline_item": "projects/timeline", "table": "legislation-tracker",
}  # fmt: skip
OLD_FOLDER_AR = "عربى"  # the last letter is U+0649, as in the addresses that the demo imitates
