"""A byline to the people in it: split, with titles, labels, roles and dates taken off.

«و» is both "and" and the first letter of names (وليد), so it splits only where it stands alone, or where what follows
is no such name.
"""

import re
import unicodedata
from collections.abc import Iterable

from archive.extract import dates
from archive.extract.page import Author

MAX_NAME = 90  # characters: the longest honest name of an institution seen in bylines had 74
MAX_WORDS = 9

_LABEL = re.compile(
    r"""^\s*(?:
      (?:(?:article|story|post|words|text|analysis|report|reviewed|research(?:ed)?|photos?|guest\ post|blog)\s+)?
        (?:written|posted|published|authored|created|contributed|compiled|edited|updated|added|submitted|
        prepared)?\s*by(?:\s*[:：]|(?=\s)|(?-i:(?=[A-Z])))
      | (?:(?:the|post|about\ the|article|guest|lead|co-?)?\s*authors?(?:\(s\))?|writers?|contributors?|analysts?|
      interview(?:er|\ by)|words|text|byline|by)\s*[:：]
      | (?:about\ the\ authors?|authors?|writer)\s+(?-i:(?=[A-Z]))
      | (?:par|von|por|de\ la\ mano\ de|auteur|autor(?:in)?|rédigé\ par|geschrieben\ von|escrito\ por|
      publicado\ por)\s*[:：]?\s+
      | (?:بقلم|كتبه|كتبها|كتبت|كتب|الكاتبة?|الكُتّاب|الكتاب|المؤلفة?|المؤلفون|تأليف|إعداد|اعداد|أعدّه|أعده|أعدته|حوار|
      أجرى الحوار|تحرير|نشره|نشرها|بواسطة)\s*(?:/|[:：]|(?=\s))
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE = re.compile(
    r"""^(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Mx|Miss|Amb|Ambassador|Sen|Senator|Rep|Hon|Rev|Sir|Dame|Col|Gen|Maj|Capt|Lt|
    Judge|Justice|Sheikh|Eng)\.?(?=\s)
      | (?:Dr|Prof|Mr|Mrs|Ms)\.(?=\S)
      | (?:[أا]\s?\.\s?(?:م\s?\.\s?)?د|د|[أا]|م|أ\s?\.\s?د)\s?[./](?!\w\.)\s*
      | (?:الأستاذة?\ الدكتورة?|الدكتورة?|دكتورة?|البروفيسورة?|الأستاذة?|أستاذ|المحامية?|السفيرة?|القاضية?|المهندسة?|
      اللواء|العميد|السيدة?|الصحفية?|الباحثة?)(?=\s)
    )\s*""",
    re.VERBOSE,
)
_CREDENTIAL = re.compile(
    r"""(?:Ph\.?\ ?D|M\.?D|D\.?O|J\.?D|R\.?D|R\.?N|D\.?D\.?S|LL\.?[MBD]|M\.?A|M\.?S(?:c|W)?|B\.?A|B\.?Sc|M\.?B\.?A|
    M\.?P\.?H|M\.?P\.?P|C\.?P\.?A|
      C\.?F\.?[AP]|CEPF|CFE|CSM|CSCS|CPT|PMP|Esq|Ed\.?D|Psy\.?D|D\.?Phil|M\.?Phil|RDN|LDN|LCSW|LMFT|LPC|NP|PA-C|OD|DVM|
      P\.?E|SHRM-S?CP|S?PHR|FCA|ACA|EA)[®™.]*""",
    re.VERBOSE,
)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?")
_ROLE = re.compile(
    r"""\b(?:fellows?|director|analyst|editors?|researcher|manager|president|professor|lecturer|senior|chief|expert|
    specialist|consultant|advisor|adviser|
      journalist|reporter|correspondent|writer|columnist|blogger|contributor|contributing|author|lawyer|attorney|
      counsel|scholar|scientist|economist|
      founder|co-?founder|ceo|cto|cfo|coo|cmo|owner|partner|associate|assistant|intern|coordinator|officer|head\ of|
      chair|member|candidate|student|educator|
      engineer|designer|developer|strategist|therapist|coach|trainer|instructor|nutritionist|dietitian|physician|
      psychologist|clinician|photographer|
      marketer|producer|staff|spokes\w+|minister|ambassador|activist|advocate|horticulturalist|nonresident|non-resident|
      visiting|executive|
      vp|vice|team\ lead|guest|reviewer|creator|technician|mechanic|agent|broker|planner)\b
      | (?:^|\s)(?:زميلة?|باحثة?|مديرة?|محررة?|كاتبة?|صحفية?|صحافية?|محامية?|أستاذة?|رئيسة?|خبيرة?|محللة?|مستشارة?|
      ناشطة?|المدير|منسقة?|عضوة?|أكاديمية?|سفيرة?|طالبة?|زميل غير مقيم)(?=\s|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_AND = re.compile(
    r"\s*(?:,\s*)?(?<!\w)(?:and|with|und|et|مع)(?!\w)\s+|\s*(?:,\s*)?&\s*|\s+و\s+|\s*[،؛]\s*(?:و\s+)?", re.IGNORECASE
)
_STRONG = re.compile(r"\s*[;|•·●/\n]\s*|\s{3,}|\.\s+(?=(?:last|updated|published|posted)\b)", re.IGNORECASE)
# From here on a byline speaks of others, or of something else.
_OTHERS = re.compile(
    r"\s*(?:(?:medically |expert |fact[- ]?|legally |clinically |technically |peer[- ])?(?:reviewed|checked|edited|"
    r"verified|updated|researched|translated|photographed|illustrated)\b"
    r"|last\b|fact[- ]|(?:photos?|translation|illustrations?) by|filed under|share\b|read(?:ing)? time|ترجمة|مراجعة|"
    r"تصوير)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?:|www\.)\S+|\S+@\S+|\[email\W+protected\]|\S+\.(?:jpe?g|png|gif|webp|svg)\b", re.IGNORECASE
)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\.(?:jpe?g|png|gif|webp|svg|php|html?)\b|\d{3,}|[{}<>=\\]|©|\[email|^\W*$|^\d|\d:\d\d"
    r"|^(?:admin|administrator|user|author|authors|by|editor|unknown|none|null|undefined|anonymous user|webmaster|"
    r"root|wordpress|guest|home|"
    r"read more|more|share|follow|contact|about(?: us| the author)?|view (?:all|profile)|view all posts?.*|"
    r"more (?:posts|articles|from|by).*|all posts.*|follow.*|see all.*|"
    r"website|twitter|facebook|linkedin|instagram|email|biography|bio|profile|posts?|comments?|leave a.*|"
    r".*\bcomments?\b.*|(?:\w+ )?by|"
    r"last updated.*|last modified.*|updated.*|published.*|posted.*|reviewed.*|categor.*|min read|"
    r".*\bmin(?:utes?)? read|table of contents|advert.*|"
    r"المزيد|كاتب|الكاتب|مدير|المحرر|بقلم|مشاركة)$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:is|are|was|has|have|been|our|your|their|we|you|this|that|these|will|can|who|which|she|he|i|my|how|what|"
    r"why|about|from)\b",
    re.IGNORECASE,
)
# Given and family names that begin with waw: a «و» before anything else, glued to it, is "and".
_WAW = frozenset(
    [
        "وليد",
        "وائل",
        "وفاء",
        "وسام",
        "وسيم",
        "وجدي",
        "وحيد",
        "ورد",
        "وردة",
        "وداد",
        "وديع",
        "وهيب",
        "وهبة",
        "وهبه",
        "واصف",
        "والي",
        "وطفة",
        "وطفه",
        "واثق",
        "وضاح",
        "وجيه",
        "وصفي",
        "وفيق",
        "ولاء",
        "ولي",
        "وهاب",
        "وداعة",
        "ويسا",
        "ويصا",
        "ويليام",
        "وهدان",
        "وهبي",
        "وقاد",
        "وقاص",
        "واكد",
        "واصل",
        "وافي",
        "وزير",
        "وزان",
        "وعد",
        "وعلة",
        "ونوس",
        "ونيس",
        "ولد",
        "وحش",
        "وردي",
        "وجيهة",
        "وصال",
        "ونيسة",
        "ورشان",
        "وتد",
        "وهاج",
        "وطني",
        "وحيدة",
        "وئام",
        "وسن",
        "وجدان",
    ]
)
_ARABIC = re.compile("[\u0620-\u064a]")
_QUIET = " \t\n,،;؛:|•·●/-–—*\u200e\u200f"


def people(raw: str, url: str | None = None) -> tuple[Author, ...]:
    """The people of one byline, in its order; none where it names nobody. `url` is theirs where there is one person."""
    text = _ADDRESS.sub(" ", raw).strip()
    pieces = [piece for line in _STRONG.split(_bare(text)) for piece in _pieces(line)]
    found: list[Author] = []
    for piece in pieces:
        if _OTHERS.match(piece) or (found and _SENTENCE.search(piece) and len(piece.split()) > 4):
            break
        _add(found, piece)
    if len(found) == 1 and url:
        found[0] = found[0].model_copy(update={"url": url})
    return tuple(found)


def unique(authors: Iterable[Author]) -> tuple[Author, ...]:
    """Each person once, by folded name; what a later mention knows more (address, role) is joined to the first."""
    found: dict[str, Author] = {}
    for author in authors:
        key = fold(author.name)
        if found and key not in found and _is_role(author.name):  # an element of its own, behind its person's
            last = next(reversed(found))
            found[last] = found[last].model_copy(update={"role": found[last].role or author.name})
            continue
        if key in found:
            old = found[key]
            found[key] = old.model_copy(update={"url": old.url or author.url, "role": old.role or author.role})
        else:
            found[key] = author
    return tuple(found.values())


def is_name(text: str) -> bool:
    """Whether a string can be a name of a person or an institution at all."""
    return (
        0 < len(text) <= MAX_NAME
        and len(text.split()) <= MAX_WORDS
        and not _NOT_A_NAME.search(text)
        and any(char.isalpha() for char in text)
    )


def fold(text: str) -> str:
    """For comparing names: lower case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", "".join(char for char in plain if not unicodedata.combining(char))).split())


def unlabelled(text: str) -> str:
    """Without «بقلم:», "Written by" and the like in front."""
    return _LABEL.sub("", text, count=1).strip(_QUIET)


def has_label(text: str) -> bool:
    """Whether a line begins as a byline does."""
    return bool(_LABEL.match(text))


def _bare(text: str) -> str:
    """Without dates, labels and what stands after the names."""
    for found in list(dates.find_all(text)):
        if found.raw in text:
            before, _, after = text.partition(found.raw)
            text = (
                f"{before.rstrip(_QUIET + '.')}\n{after.lstrip(_QUIET + '.')}"
                if before.strip(_QUIET + ".")
                else after.lstrip(_QUIET + ".")
            )
    lines = [re.sub(r"(?i)\s*\b(?:on|updated|published|posted|in)\s*:?\s*$", "", line) for line in text.split("\n")]
    return "\n".join(unlabelled(line) for line in lines if line.strip(_QUIET))


def _pieces(line: str) -> list[str]:
    """Split at commas and "and"; a role or a credential stays behind the name that it belongs to, after a tab."""
    pieces: list[str] = []
    for part in re.split(r"\s*,\s*(?!$)", line):
        if pieces and (_CREDENTIAL.fullmatch(part.strip(". ")) or _SUFFIX.fullmatch(part.strip())):
            pieces[-1] += f", {part}" if _SUFFIX.fullmatch(part.strip()) else f"\t{part}"
        elif pieces and _is_role(part):
            pieces[-1] += f"\t{part}"
        else:
            pieces.extend(piece for piece in _AND.split(part) if piece.strip(_QUIET))
    return [name for piece in pieces for name in _at_waw(piece)]


def _is_role(text: str) -> bool:
    return bool(_ROLE.search(text)) and not re.fullmatch(r"[A-Z][\w'’-]+ (?:Staff|Team)|Staff", text)


def _at_waw(piece: str) -> list[str]:
    """Split «مي السعدني ووليد سعيد» where a glued waw is "and"."""
    if not _ARABIC.search(piece):
        return [piece]
    words, start, names = piece.split(" "), 0, []
    for place, word in enumerate(words):
        bare = word.strip("\u200e\u200f")
        if place - start < 2 or not bare.startswith("و") or len(bare) < 4 or (bare in _WAW and len(words) - start < 5):
            continue
        if bare in _WAW and not bare.startswith("وو"):
            continue
        names.append(" ".join(words[start:place]))
        words[place] = bare[1:]
        start = place
    return [*names, " ".join(words[start:])]


def _add(found: list[Author], piece: str) -> None:
    """Read one person; a role that stands alone belongs to the person before."""
    raw, *roles = piece.split("\t")
    name = unlabelled(raw.strip(_QUIET))
    behind = re.fullmatch(r"(.{3,}?)\s*(?:\s[-–—]\s|:\s|\()\s*(.+?)\)?", name)
    if behind and _is_role(behind[2]) and not _is_role(behind[1]):
        name, roles = behind[1], [behind[2], *roles]
    while (shorter := _TITLE.sub("", name, count=1)) != name and shorter.strip():
        name = shorter
    words = name.split()
    if len(words) in (4, 6, 8) and words[: len(words) // 2] == words[len(words) // 2 :]:
        words = words[: len(words) // 2]  # shown twice, once for screen readers
    while len(words) > 2 and _CREDENTIAL.fullmatch(words[-1].strip(",.")) and words[-1].isupper():
        roles.insert(0, words.pop())
    name = " ".join(words).strip(_QUIET)
    if not is_name(name):
        return
    if found and _is_role(name):
        if found[-1].role is None:
            found[-1] = found[-1].model_copy(update={"role": name})
        return
    if _SENTENCE.search(name) and len(name.split()) > 3:
        return
    found.append(
        Author(
            name=name,
            name_raw=raw.strip(_QUIET),
            role=", ".join(role.strip(_QUIET) for role in roles if role.strip(_QUIET)) or None,
        )
    )
