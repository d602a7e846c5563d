"""The language of a text: by its script first, by the words that every sentence has between languages of one script.

What a page declares (`<html lang>`) lies often, so it decides only between languages of the same script that the words
do not tell apart.
"""

import re
from collections import Counter

MAX_SAMPLE = 20_000  # characters: more change no verdict
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
    },
    "arabic": {
        "ar": "في من على إلى أن التي الذي عن مع هذا هذه ما لا كان بين بعد قبل أو كما لم قد كل حيث ولا وقد وفي إن "
        "ذلك خلال",
        "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شده بود می شد های ای ما کند اما دارد",
        "ur": "کے کی میں ہے اور سے کا کو نے پر کہ یہ ہیں اس کر تھا بھی جو لیے نہیں ایک گیا ان وہ تک تھے",
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


def of_text(text: str, hint: str | None) -> tuple[str | None, str | None]:
    """(BCP 47 code, `ltr` or `rtl`) of a text; both null where it has no letters. `hint` is what the page declares."""
    sample = text[:MAX_SAMPLE]
    script = _script(sample)
    if script is None:
        return None, None
    declared = (hint or "").strip().replace("_", "-").split("-")[0].lower() or None
    if declared and _SCRIPT_OF.get(declared, "latin") != script:
        declared = None
    return _of_script(sample, script, declared), "rtl" if script in _RTL else "ltr"


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


def _of_script(sample: str, script: str, declared: str | None) -> str | None:
    if script == "han":
        if re.search("[\u3040-\u30ff]", sample):
            return "ja"
        return "ko" if re.search("[\uac00-\ud7af]", sample) else "zh"
    if script not in _VOTES:
        return declared or _DEFAULT.get(script)
    words = Counter(_WORD.findall(sample.lower()))
    votes = {code: float(sum(words[word] for word in small if word in words)) for code, small in _VOTES[script].items()}
    for code, letters in _LETTERS.get(script, {}).items():
        weight = 0.3 if script == "arabic" else 0.1
        votes[code] = votes.get(code, 0.0) + weight * sum(sample.count(letter) for letter in letters)
    (first, most), (_, second) = sorted(votes.items(), key=lambda pair: -pair[1])[:2]
    if most >= 2 and most >= 1.3 * second:
        return first
    if declared:
        return declared
    if most > second:
        return first
    return "ar" if script == "arabic" else None
