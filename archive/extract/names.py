"""A byline to the people in it: split, with titles, labels, roles and dates taken off.

«و» is both "and" and the first letter of names (وليد), so it splits only where it stands alone, or where what follows
is no such name.
"""

import re
import unicodedata
from collections.abc import Iterable

from archive.extract import dates, name_words, transliteration
from archive.extract.page import Author

MAX_NAME = 90  # characters: the longest honest name of an institution seen in bylines had 74
MAX_WORDS = 9


def people(raw: str, url: str | None = None) -> tuple[Author, ...]:
    """The people of one byline, in its order; none where it names nobody. `url` is theirs where there is one person."""
    text = name_words.ADDRESS.sub(" ", raw).strip()
    pieces = [piece for line in name_words.STRONG.split(_bare(text)) for piece in _pieces(line)]
    found: list[Author] = []
    for piece in pieces:
        if name_words.OTHERS.match(piece) or (found and name_words.SENTENCE.search(piece) and len(piece.split()) > 4):
            break
        _add(found, piece)
    if len(found) == 1 and url:
        found[0] = found[0].model_copy(update={"url": url})
    return _one_form(found)


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
    return _one_form(list(found.values()))


def with_forms(authors: Iterable[Author], others: Iterable[Author]) -> tuple[Author, ...]:
    """`authors`, each with the name in other letters that one of `others` has for them; nobody is added."""
    known = list(others)
    found = []
    for author in authors:
        match = next((one for one in known if transliteration.same(author.name, one.name)), None)
        if match is not None and author.name_other is None:
            author = _joined(author, match)
        found.append(author)
    return tuple(found)


def _one_form(authors: list[Author]) -> tuple[Author, ...]:
    """One person whom a byline shows in both scripts («مي السعدني / Mai El-Sadany») is one author, by the first."""
    found: list[Author] = []
    for author in authors:
        place = next((at for at, one in enumerate(found) if transliteration.same(one.name, author.name)), None)
        if place is None:
            found.append(author)
        else:
            found[place] = _joined(found[place], author)
    return tuple(found)


def _joined(author: Author, other: Author) -> Author:
    return author.model_copy(
        update={"name_other": other.name, "url": author.url or other.url, "role": author.role or other.role}
    )


def is_name(text: str) -> bool:
    """Whether a string can be a name of a person or an institution at all."""
    return (
        0 < len(text) <= MAX_NAME
        and len(text.split()) <= MAX_WORDS
        and not name_words.NOT_A_NAME.search(text)
        and any(char.isalpha() for char in text)
    )


def fold(text: str) -> str:
    """For comparing names: lower case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", "".join(char for char in plain if not unicodedata.combining(char))).split())


def unlabelled(text: str) -> str:
    """Without «بقلم:», "Written by" and the like in front."""
    return name_words.LABEL.sub("", text, count=1).strip(name_words.QUIET)


def is_label(text: str) -> bool:
    """Whether a text is a byline's label and nothing else: "Author(s)", «بقلم»."""
    return bool(name_words.LABEL_ALONE.fullmatch(text))


def is_label_of_list(text: str) -> bool:
    """A label that only names of authors follow, wherever it stands: "Author(s)", «المؤلفون», but not a bare "By"."""
    return is_label(text) and not re.search(r"\bby\b", text, re.IGNORECASE)


def role_of(text: str) -> str | None:
    """A line that says only what somebody is, "Contributor, The Daily": its words, else null."""
    return " ".join(text.split()) if text and _is_role(text.split(",")[0]) and not has_label(text) else None


def is_review(text: str) -> bool:
    """Whether a line names those who did something else than write: reviewed, edited, translated, photographed."""
    return bool(name_words.OTHERS.match(text))


def begins_byline(line: str) -> bool:
    """Whether a line that nothing marks begins as a byline does. «كتب» and «إعداد» begin sentences too, so that they
    need their colon."""
    return has_label(line) and not name_words.BEGINS_SENTENCES.match(line)


def has_label(text: str) -> bool:
    """Whether a line begins as a byline does."""
    return bool(name_words.LABEL.match(text))


def _bare(text: str) -> str:
    """Without dates, labels and what stands after the names."""
    for found in list(dates.find_all(text)):
        if found.raw in text:
            before, _, after = text.partition(found.raw)
            text = (
                f"{before.rstrip(name_words.QUIET + '.')}\n{after.lstrip(name_words.QUIET + '.')}"
                if before.strip(name_words.QUIET + ".")
                else after.lstrip(name_words.QUIET + ".")
            )
    text = name_words.READING_TIME.sub("\n", text)
    lines = [re.sub(r"(?i)\s*\b(?:on|updated|published|posted|in)\s*:?\s*$", "", line) for line in text.split("\n")]
    return "\n".join(unlabelled(line) for line in lines if line.strip(name_words.QUIET))


def _pieces(line: str) -> list[str]:
    """Split at commas and "and"; a role or a credential stays behind the name that it belongs to, after a tab."""
    pieces: list[str] = []
    for part in re.split(r"\s*,\s*(?!$)", line):
        if pieces and (name_words.CREDENTIAL.fullmatch(part.strip(". ")) or name_words.SUFFIX.fullmatch(part.strip())):
            pieces[-1] += f", {part}" if name_words.SUFFIX.fullmatch(part.strip()) else f"\t{part}"
        elif pieces and _is_role(part):
            pieces[-1] += f"\t{part}"
        else:
            pieces.extend(piece for piece in _at_and(part) if piece.strip(name_words.QUIET))
    return [form for piece in pieces for name in _at_waw(piece) for form in _forms(name)]


def _at_and(part: str) -> list[str]:
    """Split at "and", but not inside an institution's name: "Center for Law and Policy"."""
    found: list[str] = []
    place = 0
    for match in name_words.AND.finditer(part):
        before, after = part[place : match.start()], part[match.end() :]
        whole = name_words.INSTITUTION.search(before) and not name_words.INSTITUTION.search(after)
        if whole and match[0].strip(" ,") in name_words.JOINS and not name_words.AND.search(before):
            continue
        found.append(before)
        place = match.end()
    return [*found, part[place:]]


def _forms(piece: str) -> list[str]:
    """«مي السعدني (Mai El-Sadany)» is two forms of one name; «معهد Carnegie» is not."""
    words = piece.split()
    arabic = [bool(name_words.ARABIC.search(word)) for word in words]
    if len(set(arabic)) == 2 and len(piece) <= 2 * MAX_NAME:
        change = arabic.index(not arabic[0])
        one, other = (" ".join(part).strip("() –—-") for part in (words[:change], words[change:]))
        if transliteration.same(one, other):
            return [one, other]
    return [piece]


def _is_role(text: str) -> bool:
    return bool(name_words.ROLE.search(text)) and not re.fullmatch(r"[A-Z][\w'’-]+ (?:Staff|Team)|Staff", text)


def _at_waw(piece: str) -> list[str]:
    """Split «مي السعدني ووليد سعيد» where a glued waw is "and"."""
    if not name_words.ARABIC.search(piece):
        return [piece]
    words, start, names = piece.split(" "), 0, []
    for place, word in enumerate(words):
        bare = word.strip("\u200e\u200f")
        if place - start < 2 or not bare.startswith("و") or len(bare) < 4:
            continue
        if _is_institution(" ".join(words[start:place])) and not _is_institution(bare[1:]):
            continue  # «مركز الإعلام وحرية التعبير» is one
        if bare in name_words.WAW and len(words) - start < 5:
            continue
        if bare in name_words.WAW and not bare.startswith("وو"):
            continue
        names.append(" ".join(words[start:place]))
        words[place] = bare[1:]
        start = place
    return [*names, " ".join(words[start:])]


def _is_institution(text: str) -> bool:
    return bool(name_words.INSTITUTION.match(f"{text} "))


def _add(found: list[Author], piece: str) -> None:
    """Read one person; a role that stands alone belongs to the person before."""
    raw, *roles = piece.split("\t")
    name = name_words.SPONSORED.sub("", unlabelled(raw.strip(name_words.QUIET)))
    behind = re.fullmatch(r"(.{3,}?)\s*(?:\s[-–—]\s|:\s|\()\s*(.+?)\)?", name)
    if behind and _is_role(behind[2]) and not _is_role(behind[1]):
        name, roles = behind[1], [behind[2], *roles]
    while (shorter := name_words.TITLE.sub("", name, count=1)) != name and shorter.strip():
        if " " not in shorter.strip() and name_words.PART_OF_PSEUDONYM.match(name):
            break
        name = shorter
    words = name.split()
    if len(words) in (4, 6, 8) and words[: len(words) // 2] == words[len(words) // 2 :]:
        words = words[: len(words) // 2]  # shown twice, once for screen readers
    while len(words) > 2 and name_words.CREDENTIAL.fullmatch(words[-1].strip(",.")) and words[-1].isupper():
        roles.insert(0, words.pop())
    name = " ".join(words).strip(name_words.QUIET)
    if not is_name(name):
        return
    if found and _is_role(name):
        if found[-1].role is None:
            found[-1] = found[-1].model_copy(update={"role": name})
        return
    if name_words.SENTENCE.search(name) and len(name.split()) > 3:
        return
    found.append(
        Author(
            name=name,
            name_raw=raw.strip(name_words.QUIET),
            role=", ".join(role.strip(name_words.QUIET) for role in roles if role.strip(name_words.QUIET)) or None,
        )
    )
