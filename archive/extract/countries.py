"""ISO 3166-1 alpha-2 codes from the names of countries in tags, sections and titles, in English and Arabic.

English: the short names of ISO 3166-1 and what else people write. Arabic: the Middle East and North Africa, and what
its institutes write about.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ENGLISH = """
AF Afghanistan|AL Albania|DZ Algeria|AD Andorra|AO Angola|AG Antigua and Barbuda|AR Argentina|AM Armenia|
AU Australia|AT Austria|AZ Azerbaijan|BS Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium|
BZ Belize|BJ Benin|BT Bhutan|BO Bolivia|BA Bosnia and Herzegovina,Bosnia|BW Botswana|BR Brazil|BN Brunei|
BG Bulgaria|BF Burkina Faso|BI Burundi|CV Cabo Verde,Cape Verde|KH Cambodia|CM Cameroon|CA Canada|
CF Central African Republic|TD Chad|CL Chile|CN China|CO Colombia|KM Comoros|CG Congo,Republic of the Congo|
CD Democratic Republic of the Congo,DR Congo,DRC|CR Costa Rica|CI Côte d'Ivoire,Ivory Coast|HR Croatia|CU Cuba|
CY Cyprus|CZ Czechia,Czech Republic|DK Denmark|DJ Djibouti|DM Dominica|DO Dominican Republic|EC Ecuador|EG Egypt|
SV El Salvador|GQ Equatorial Guinea|ER Eritrea|EE Estonia|SZ Eswatini,Swaziland|ET Ethiopia|FJ Fiji|FI Finland|
FR France|GA Gabon|GM Gambia|GE Georgia|DE Germany|GH Ghana|GR Greece|GD Grenada|GT Guatemala|GN Guinea|
GW Guinea-Bissau|GY Guyana|HT Haiti|HN Honduras|HU Hungary|IS Iceland|IN India|ID Indonesia|IR Iran|IQ Iraq|
IE Ireland|IL Israel|IT Italy|JM Jamaica|JP Japan|JO Jordan|KZ Kazakhstan|KE Kenya|KI Kiribati|KP North Korea|
KR South Korea|KW Kuwait|KG Kyrgyzstan|LA Laos|LV Latvia|LB Lebanon|LS Lesotho|LR Liberia|LY Libya|
LI Liechtenstein|LT Lithuania|LU Luxembourg|MG Madagascar|MW Malawi|MY Malaysia|MV Maldives|ML Mali|MT Malta|
MH Marshall Islands|MR Mauritania|MU Mauritius|MX Mexico|FM Micronesia|MD Moldova|MC Monaco|MN Mongolia|
ME Montenegro|MA Morocco|MZ Mozambique|MM Myanmar,Burma|NA Namibia|NR Nauru|NP Nepal|NL Netherlands|
NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria|MK North Macedonia|NO Norway|OM Oman|PK Pakistan|PW Palau|
PS Palestine,Gaza,West Bank,Gaza Strip,East Jerusalem|
PS Palestinian Territory,Palestinian Territories,Occupied Palestinian Territory,Occupied Palestinian Territories|
PA Panama|PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines|PL Poland|PT Portugal|QA Qatar|RO Romania|
RU Russia,Russian Federation|RW Rwanda|KN Saint Kitts and Nevis|LC Saint Lucia|
VC Saint Vincent and the Grenadines|WS Samoa|SM San Marino|ST Sao Tome and Principe|SA Saudi Arabia,KSA|
SN Senegal|RS Serbia|SC Seychelles|SL Sierra Leone|SG Singapore|SK Slovakia|SI Slovenia|SB Solomon Islands|
SO Somalia|ZA South Africa|SS South Sudan|ES Spain|LK Sri Lanka|SD Sudan|SR Suriname|SE Sweden|CH Switzerland|
SY Syria,Syrian Arab Republic|TW Taiwan|TJ Tajikistan|TZ Tanzania|TH Thailand|TL Timor-Leste,East Timor|TG Togo|
TO Tonga|TT Trinidad and Tobago|TN Tunisia|TR Turkey,Türkiye|TM Turkmenistan|TV Tuvalu|UG Uganda|UA Ukraine|
AE United Arab Emirates,UAE,Emirates|GB United Kingdom,UK,U.K.,Great Britain,Britain,Northern Ireland|
US United States,United States of America,USA,U.S.,U.S.A.,US|UY Uruguay|UZ Uzbekistan|VU Vanuatu|
VA Vatican City,Holy See|VE Venezuela|VN Vietnam,Viet Nam|EH Western Sahara|YE Yemen|ZM Zambia|ZW Zimbabwe|
XK Kosovo|- New Mexico|- Gulf of Mexico
"""
_ARABIC = """
EG مصر,جمهورية مصر العربية|LB لبنان|SY سوريا,سورية|TN تونس|JO الأردن|IQ العراق|SD السودان|SS جنوب السودان|
LY ليبيا|MA المغرب|YE اليمن|DZ الجزائر|MR موريتانيا|PS فلسطين,غزة,قطاع غزة,الضفة الغربية|IL إسرائيل|
SA السعودية,المملكة العربية السعودية|AE الإمارات,الإمارات العربية المتحدة|QA قطر|KW الكويت|BH البحرين|
OM سلطنة عمان|IR إيران|TR تركيا|EH الصحراء الغربية|SO الصومال|DJ جيبوتي|KM جزر القمر|ER إريتريا|
ET إثيوبيا,أثيوبيا|AF أفغانستان|PK باكستان|US الولايات المتحدة,الولايات المتحدة الأمريكية|
GB بريطانيا,المملكة المتحدة|FR فرنسا|DE ألمانيا|IT إيطاليا|ES إسبانيا|GR اليونان|CY قبرص|MT مالطا|RU روسيا|
CN الصين|UA أوكرانيا|IN الهند|NL هولندا|BE بلجيكا|SE السويد|CH سويسرا|CA كندا|AM أرمينيا|AZ أذربيجان|GE جورجيا|
TD تشاد|NE النيجر|ML مالي|NG نيجيريا|SN السنغال|KE كينيا|AR الأرجنتين|AU أستراليا|AT النمسا|BD بنغلاديش,بنجلاديش|
BY بيلاروسيا|BA البوسنة والهرسك,البوسنة|BR البرازيل|BG بلغاريا|BF بوركينا فاسو|CF أفريقيا الوسطى|CL تشيلي|
CO كولومبيا|CD الكونغو الديمقراطية|HR كرواتيا|CU كوبا|CZ التشيك|DK الدنمارك|FI فنلندا|GH غانا|HU المجر|
ID إندونيسيا|IE أيرلندا|JP اليابان|KZ كازاخستان|XK كوسوفو|MY ماليزيا|MX المكسيك|MM ميانمار|NO النرويج|PH الفلبين|
PL بولندا|PT البرتغال|RO رومانيا|RW رواندا|RS صربيا|SG سنغافورة|ZA جنوب أفريقيا,جنوب إفريقيا|KR كوريا الجنوبية|
KP كوريا الشمالية|LK سريلانكا|TH تايلاند|TM تركمانستان|UG أوغندا|UZ أوزبكستان|VE فنزويلا|VN فيتنام|
- المغرب العربي|- المغرب الكبير
"""
_PREFIXES = ("", "و", "ب", "ل", "ف", "ك", "وب", "ول", "وف", "فب", "فل")
# Also a state, a given name, or a word («مالي» is "financial"): these count in a tag, not inside a title.
_LATIN_AS_TAG = frozenset(["GE", "TD"])
_ARAB_AS_TAG = frozenset(["ML"])
_NONE = "-"  # the code of what has a country's name in it and is none
_CAPITALS = frozenset(["us", "uk", "uae", "usa", "ksa", "drc"])  # "Tell Us More" names no country


def _names(table: str) -> dict[str, str]:
    found = {}
    for entry in table.replace("\n", "").strip("|").split("|"):
        code, _, names = entry.strip().partition(" ")
        found.update({_fold(name): code for name in names.split(",")})
    return found


@lru_cache(maxsize=16_384)
def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ى", "ي").replace("ة", "ه"))
    return " ".join(
        re.sub(
            r"[\W_]+", " ", "".join(char for char in decomposed if not unicodedata.combining(char) and char != "ـ")
        ).split()
    )


_LATIN = _names(_ENGLISH)
_ARAB = _names(_ARABIC)
_FIRST = frozenset(name.split()[0] for name in _LATIN)
_LONGEST = max(len(name.split()) for name in {**_LATIN, **_ARAB})


def of(terms: Iterable[str], title: str | None) -> tuple[str, ...]:
    """The codes of the countries that the institute's own terms name, then those that the title names; each once, in
    this order."""
    found: dict[str, None] = {}
    for term in terms:
        whole = code(term)
        found.update(dict.fromkeys([whole] if whole else _inside(term)))
    found.update(dict.fromkeys(_inside(title or "")))
    return tuple(found)


def code(name: str) -> str | None:
    """The code of the country that a string is the name of."""
    folded = _fold(name)
    found = "OM" if folded in ("عمان", "oman") else _LATIN.get(folded) or _ARAB.get(folded)
    return found if found != _NONE else None


def _inside(text: str) -> list[str]:
    """Countries named in a text, the longest name at each place. English names count only with a capital."""
    # "Egypt’s" is two words; the second is nothing
    bare = unicodedata.normalize("NFC", re.sub(r"[\u064b-\u0652\u0640]", "", text))
    words = re.findall(r"[^\W_]+(?:[.-][^\W_]+)*", bare)
    found, place = [], 0
    while place < len(words):
        if words[place][0] < "\u0600" and _fold(words[place]).split(" ")[0] not in _FIRST:
            place += 1
            continue
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            code = _code(words[place : place + length])
            if code:
                if code != _NONE:
                    found.append(code)
                place += length
                break
        else:
            place += 1
    return found


def _code(words: list[str]) -> str | None:
    folded = _fold(" ".join(words))
    if words[0][0].isupper() and (code := _LATIN.get(folded)):
        plain = folded in _CAPITALS and not words[0].isupper()
        return code if code not in _LATIN_AS_TAG and not plain else None
    if not "\u0620" <= words[0][0] <= "\u064a":
        return None
    for prefix in _PREFIXES:
        if folded.startswith(prefix):
            rest = folded[len(prefix) :]
            rest = (
                f"ال{rest[1:]}" if prefix.endswith("ل") and rest.startswith("ل") else rest
            )  # «للأردن» is «ل» and «الأردن»
            if (code := _ARAB.get(rest)) and code not in _ARAB_AS_TAG:
                return code
    return None
