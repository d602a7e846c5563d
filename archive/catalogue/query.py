"""What a person types, and what the search index is asked for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from archive.catalogue.clitics import readings
from archive.catalogue.fold import words

_TERM = re.compile(r'(?P<not>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_MOST = 32  # readings of a phrase that are asked for: each of its words can have three


@dataclass(frozen=True)
class Query:
    """What was asked. `terms` are words as the index has them; one of several words is a phrase, a last `*` asks for a
    beginning.
    """

    terms: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Query":
        """From what a person types: words, "phrases", -without, begin*. Nothing typed is an error."""
        wanted: list[tuple[str, ...]] = []
        unwanted: list[tuple[str, ...]] = []
        for match in _TERM.finditer(typed):
            text = match["phrase"] if match["phrase"] is not None else match["word"]
            term = tuple(form for _, _, form in words(text))
            if not term:
                continue
            if match["word"] and text.endswith("*"):
                term = (*term[:-1], term[-1] + "*")
            (unwanted if match["not"] else wanted).append(term)
        return cls(tuple(wanted), tuple(unwanted))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def fts(self) -> str:
        """As FTS5 wants it: every word quoted, so that no word is an operator."""
        asked = " AND ".join(map(_any, self.terms))
        return f"({asked})" + "".join(f" NOT {_any(term)}" for term in self.without)

    def marks(self, word: str) -> bool:
        """Whether a word, as the index has it, is one that was asked for."""
        return word in self._whole or (bool(self._begins) and word.startswith(self._begins))

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(form for form in self._forms() if not form.endswith("*"))

    @cached_property
    def _begins(self) -> tuple[str, ...]:
        return tuple(form[:-1] for form in self._forms() if form.endswith("*"))

    def _forms(self) -> Iterator[str]:
        return (form for term in self.terms for word in term for form in readings(word))


def _any(term: Sequence[str]) -> str:
    """A word or phrase in every reading."""
    asked = [_quoted(forms) for forms in islice(product(*map(readings, term)), _MOST)]
    return asked[0] if len(asked) == 1 else f"({' OR '.join(asked)})"


def _quoted(term: Sequence[str]) -> str:
    begin = term[-1].endswith("*")
    return f'"{" ".join(one.rstrip("*") for one in term)}"' + (" *" if begin else "")
