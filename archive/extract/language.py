"""The language of a text: by its script first, by the words that every sentence has between languages of one script.

What a page declares (`<html lang>`) lies often, so it decides only between languages of the same script that the words
do not tell apart.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from archive.extract.page import Block
from archive.extract.warnings import Warning

MAX_SAMPLE = 20_000  # characters: more change no verdict
MAX_BLOCK = 2_000  # characters of a block that are looked at
FEWEST_WORDS = 8  # of a block in another language of the same script: a title in a sentence has fewer
_SAME = {"iw": "he", "kmr": "ku", "prs": "fa", "in": "id"}  # older and narrower codes
_SCRIPTS = {  # in runs: counting them is ten times as fast as counting letters
    "latin": re.compile("[A-Za-z\u00c0-\u024f]+"),
    "arabic": re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+"),
    "hebrew": re.compile("[\u05d0-\u05ea]+"),
    "cyrillic": re.compile("[\u0400-\u04ff]+"),
    "greek": re.compile("[\u0370-\u03ff]+"),
    "armenian": re.compile("[\u0531-\u0587]+"),
    "han": re.compile("[\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]+"),
}
_LATER = ("arabic", "hebrew", "cyrillic", "greek", "armenian", "han", "latin")  # of two that are as many, the first
_DEFAULT = {"hebrew": "he", "greek": "el", "armenian": "hy"}
_SCRIPT_OF = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug", "sd"), "arabic"), "ku": "latin", "he": "hebrew",
    "iw": "hebrew", "yi": "hebrew", "el": "greek", "hy": "armenian",
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk"), "cyrillic"), **dict.fromkeys(("zh", "ja", "ko"), "han"),
}  # fmt: skip
_WORDS = {
    "latin": {
        "en": "the of and to in is that for it with as was on are be by this have not from at which but his they "
        "has an or were their",
        "fr": "le la les de des du et est que une un dans pour qui pas sur au par avec ce sont il plus aux ne cette "
        "ont mais leur",
        "de": "der die das und ist nicht ein eine zu den mit von dem für auf im des sich auch als werden bei nach "
        "wie sind wird oder",
        "es": "el la los las de del y que en un una es por con para no se su como más al lo pero sus este entre ha son",
        "it": "il lo gli di che è un una per non con del della sono dei nel alla più come anche le si dal ha questo "
        "delle",
        "pt": "o os as de do da que e um uma para não com em por no na dos se mais como ao foi das são pelo",
        "tr": "ve bir bu için ile da de olarak daha çok olan gibi ancak en kadar sonra değil ki ise ya göre her ne",
        "nl": "de het een en van is dat niet op te in voor met zijn aan er ook als maar om bij door naar dan",
        "ku": "û li di de ji bi ku ev ew bo jî ye wê wî yên dike ne her kurd xwe",
        "sv": "och att det som en på är av för med den till inte om ett har de jag var",
        "pl": "i w nie na się z że do to jest o jak ale po co tak od przez dla oraz",
        "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena",
    },
    "arabic": {
        "ar": "في من على إلى أن التي الذي عن مع هذا هذه ما لا كان بين بعد قبل أو كما لم قد كل حيث ولا وقد وفي إن "
        "ذلك خلال",
        "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شده بود می شد های ای ما کند اما دارد",
        "ur": "کے کی میں ہے اور سے کا کو نے پر کہ یہ ہیں اس کر تھا بھی جو لیے نہیں ایک گیا ان وہ تک تھے",
        "ps": "د په او چې له سره دی کې ته دا هم یو نه دې يې وي شي څخه",
        "ckb": "لە و بە کە بۆ ئەم ئەو لەگەڵ هەر کرد دەکات بوو نیە یەک دوای سەر پێش",
    },
    "cyrillic": {
        "ru": "и в не на что с по как это из к за для от но он все его так же был или",
        "uk": "і в не на що з та до як це за від для але він його є про які й",
        "bg": "и в не на че с за от се да по като е са това или до при",
    },
}
_LETTERS = {  # letters that a language of the script has and the others have not
    "arabic": {
        "ur": "ٹڈڑںےھہ",
        "ckb": "ڕڵێۆە",
        "ps": "ټډړښځڅېۍڼ",
        "fa": "پچژگکی",
        "ar": "ةىيكأإؤئ",
    },
    "latin": {
        "de": "ßäöü",
        "tr": "ğışİ",
        "fr": "èêàçœùû",
        "es": "ñ¿¡",
        "ku": "êîû",
    },
}
_VOTES = {
    script: {code: frozenset(words.split()) for code, words in languages.items()}
    for script, languages in _WORDS.items()
}
_WORD = re.compile(r"[^\W\d_]+")
_RTL = frozenset(("arabic", "hebrew"))


@dataclass(frozen=True, slots=True)
class Language:
    code: str | None  # BCP 47
    direction: str | None  # `ltr` or `rtl`; both null where there are no letters
    sure: bool  # whether script or words alone told it


def of_text(text: str, hint: str | None) -> Language:
    """The language of a text. `hint` is what the page declares."""
    sample = text[:MAX_SAMPLE]
    script = _script(sample)
    if script is None:
        return Language(None, None, False)
    declared = _declared(hint)
    if declared and _SCRIPT_OF.get(declared, "latin") != script:
        declared = None
    code, sure = _of_script(sample, script, declared)
    return Language(code, "rtl" if script in _RTL else "ltr", sure)


def doubts(found: Language, hint: str | None) -> Iterator[Warning]:
    """What there is to say against the language of a document."""
    if found.direction is None:
        return
    if not found.sure:
        yield Warning.LANGUAGE_UNSURE
    declared = _declared(hint)
    if declared and found.code and _SAME.get(declared, declared) != _SAME.get(found.code, found.code):
        yield Warning.LANGUAGE_CONFLICT


def of_blocks(written: tuple[Block, ...], whole: Language) -> tuple[Block, ...]:
    """The blocks, with language and direction where they are not the document's: another script, or another language of
    the same one."""
    return tuple(_of_block(block, whole) for block in written)


def _of_block(block: Block, whole: Language) -> Block:
    text = block.text
    if len(text) <= 20:
        return block
    if _is_other_script(text, whole.direction):
        own = of_text(text, None)
        if own.direction and own.direction != whole.direction:
            other = own.code if own.code != whole.code else None
            return block.model_copy(update={"language": other, "direction": own.direction})
    elif block.type != "table" and (own_code := _other_of_script(text, whole)):
        return block.model_copy(update={"language": own_code})
    return block


def _is_other_script(text: str, direction: str | None) -> bool:
    """Whether four in ten characters are of the script that does not run in this direction."""
    if direction == "ltr":
        return not text.isascii() and _letters("arabic", text) > 0.4 * len(text)
    return direction == "rtl" and _letters("arabic", text) == 0 and _letters("latin", text) > 0.4 * len(text)


def _letters(script: str, text: str) -> int:
    return sum(map(len, _SCRIPTS[script].findall(text)))


def _other_of_script(text: str, whole: Language) -> str | None:
    """The language of a block that has hardly one of the words that every sentence of the document's language has, and
    many of another's."""
    script = _SCRIPT_OF.get(whole.code or "", "latin")
    if script not in _VOTES or whole.code not in _VOTES[script]:
        return None
    common = _VOTES[script][whole.code]
    sample = text[:MAX_BLOCK].lower()
    rough = sample.split()  # with what stands beside the letters: fast, and enough for nearly every block
    if 10 * sum(map(common.__contains__, rough)) >= len(rough):
        return None
    words = _WORD.findall(sample)
    own = sum(map(common.__contains__, words))
    if len(words) < FEWEST_WORDS or 10 * own >= len(words):
        return None
    votes = {code: sum(word in small for word in words) for code, small in _VOTES[script].items()}
    best = max(votes, key=lambda code: votes[code])
    distinct = len(_VOTES[script][best] & set(words))
    clear = distinct >= 3 and 5 * votes[best] >= len(words) and votes[best] >= 3 * max(own, 1)
    return best if clear and _of_script(text, script, None) == (best, True) else None


def _declared(hint: str | None) -> str | None:
    return (hint or "").strip().replace("_", "-").split("-")[0].lower() or None


def _script(sample: str) -> str | None:
    """The script of most letters."""
    counts: dict[str, int] = {}
    rest = len(sample)
    for script, pattern in _SCRIPTS.items():
        counts[script] = sum(map(len, pattern.findall(sample)))
        rest -= counts[script]
        if counts[script] > rest and counts[script] == max(counts.values()):
            break  # the others have fewer characters left
    found = max((script for script in _LATER if script in counts), key=lambda script: counts[script])
    return found if counts[found] else None


def _of_script(sample: str, script: str, declared: str | None) -> tuple[str | None, bool]:
    """The language, and whether the text alone told it."""
    if script == "han":
        if re.search("[\u3040-\u30ff]", sample):
            return "ja", True
        return ("ko" if re.search("[\uac00-\ud7af]", sample) else "zh"), True
    if script not in _VOTES:
        return declared or _DEFAULT.get(script), True
    words = Counter(_WORD.findall(sample.lower()))
    votes = {code: float(sum(words[word] for word in small if word in words)) for code, small in _VOTES[script].items()}
    for code, letters in _LETTERS.get(script, {}).items():
        weight = 0.3 if script == "arabic" else 0.1
        votes[code] = votes.get(code, 0.0) + weight * sum(sample.count(letter) for letter in letters)
    (first, most), (_, second) = sorted(votes.items(), key=lambda pair: -pair[1])[:2]
    if most >= 2 and most >= 1.3 * second:
        return first, True
    if declared:
        return declared, False
    if most > second:
        return first, False
    return ("ar" if script == "arabic" else None), False
