"""Arabic words with «and», «then», «by», «like», «for» written onto them, as the search index holds them: «والقاهرة»,
«بالقاهرة» and «كالقاهرة» are «القاهرة», and «وللقاهرة» is «للقاهرة», which is asked for together with «القاهرة».

Only before the article, as Lucene's ArabicStemmer has it (its prefixes ال وال بال كال فال لل, two letters at least left
behind them); unlike there the article itself stays, so that «الوان» (colours) is not made the same as «وان» (and that).
A word that merely begins so stays as it is: «وزارة», «بيروت», «كتاب» have no article behind their first letter.
Everything here takes and gives folded words.
"""

import re

_LEAST = 2  # letters behind the article, as in Lucene
_BEFORE = re.compile(rf"(?:[وف][بكل]?|[بكل])(?=ال\w{{{_LEAST}}})|[وف](?=لل\w{{{_LEAST}}})")
# Words in which those letters are the root's own: والد (parent), بالغ (adult), وكالة (agency), باليه (ballet), بالة
# (bale), فالح (a name); with what may be written behind them.
_ROOTS = {
    "والد": ("ه", "ي", "ك", "ها", "هم", "هن", "نا", "ان", "ين", "يه", "يها", "يهم", "ينا", "تي", "ته", "تها", "تهم",
             "تنا", "تك", "ات", "اتهم", "تان", "تين"),
    "بالغ": ("ه", "ا", "ت", "ين", "ون", "ات", "ان", "وا", "تين"),
    "وكال": ("ات", "ته", "تها", "تهم", "تنا", "تان", "تين", "اتها", "اتهم"),
    "بال": ("يه", "ات", "ون", "ونات"),
    "فال": ("ح", "حين"),
}  # fmt: skip
_WHOLE = frozenset(root + ending for root, endings in _ROOTS.items() for ending in endings)


def plain(form: str) -> str:
    """The word without what is written onto its article."""
    match = _BEFORE.match(form)
    return form[match.end() :] if match and form not in _WHOLE else form


def readings(form: str) -> tuple[str, ...]:
    """What a plain word is asked for as: itself, and with its article behind «for», or that taken apart. After «for»
    the article's letter falls out, and before another ل so does one of theirs: «للجنة» is for «الجنة» and «اللجنة».
    """
    rest = form[2:]
    if len(rest) < _LEAST:
        return (form,)
    if form.startswith("ال"):
        return form, "لل" + rest.removeprefix("ل")
    return (form, "ال" + rest, "الل" + rest) if form.startswith("لل") else (form,)
