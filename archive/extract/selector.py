"""CSS selectors to XPath, with three things that profiles need and cssselect cannot read.

`X:not(A, B)` with a list, `X:not(.query *)` for "not inside", and soupsieve's `:-soup-contains("…")` and
`:-soup-contains-own("…", "…")`.
A whole page through BeautifulSoup takes ten times as long as all fields together, so what can be said in XPath is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from cssselect import HTMLTranslator, SelectorError
from cssselect.parser import Class, CombinedSelector, Function, parse
from cssselect.xpath import ExpressionError, XPathExpr
from lxml import etree
from lxml.html import HtmlElement

_NOT = re.compile(r":not\(((?:[^()\"']|\"[^\"]*\"|'[^']*'|\([^()]*\))*)\)")
_CONTAINS = re.compile(r":-soup-contains(-own)?\(\s*((?:\"[^\"]*\"|'[^']*')(?:\s*,\s*(?:\"[^\"]*\"|'[^']*'))*)\s*\)")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_INSIDE = re.compile(r"(?P<outer>[^\s>+~].*?)\s+\*")


class _Translator(HTMLTranslator):
    """Adds `:-inside("SELECTOR")`, which is true below an element that matches, and the two `:-soup-…` pseudo-classes
    with one string."""

    def xpath__inside_function(self, xpath: XPathExpr, function: Function) -> XPathExpr:
        return xpath.add_condition(self.css_to_xpath(_string(function), prefix="ancestor::"))

    def xpath__soup_contains_function(self, xpath: XPathExpr, function: Function) -> XPathExpr:
        return xpath.add_condition(f"contains(., {self.xpath_literal(_string(function))})")

    def xpath__soup_contains_own_function(self, xpath: XPathExpr, function: Function) -> XPathExpr:
        return xpath.add_condition(f"text()[contains(., {self.xpath_literal(_string(function))})]")


def _string(function: Function) -> str:
    if function.argument_types() != ["STRING"]:
        raise ExpressionError(f"expected one string in :{function.name}()")
    return str(function.arguments[0].value)


def query(xpath: str) -> Callable[..., list[Any]]:
    """An XPath that chooses nodes (elements or texts), compiled once; its variables are keyword arguments."""
    return cast(Callable[..., list[Any]], etree.XPath(xpath))


def number(xpath: str) -> Callable[..., float]:
    """An XPath that counts or measures, compiled once."""
    return cast(Callable[..., float], etree.XPath(xpath))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a selector's alternatives. Most end in a class, so that only the elements of that class are looked at, or
    in a tag below an element of a class."""

    needed: frozenset[str]  # classes without which it matches nothing
    last: str | None  # a class of the chosen element itself
    fits: Callable[[HtmlElement], bool]  # whether one of that class is chosen
    above: "Choice | None"  # what the chosen ones lie in
    below: Callable[
        [HtmlElement], list[HtmlElement]
    ]  # those that lie in one of these; of the whole page where no `above`

    def __call__(self, root: HtmlElement, of_class: Mapping[str, Sequence[HtmlElement]]) -> list[HtmlElement]:
        """The chosen elements of a whole page, in document order."""
        if any(name not in of_class for name in self.needed):
            return []
        if self.last is not None:
            return [element for element in of_class[self.last] if self.fits(element)]
        if self.above is None:
            return self.below(root)
        return list(dict.fromkeys(one for outer in self.above(root, of_class) for one in self.below(outer)))


@lru_cache(maxsize=1024)
def compiled(css: str) -> tuple[Choice, ...] | None:
    """The selector's alternatives; null where it says what XPath cannot, and BeautifulSoup has to read it."""
    translator = _Translator()
    try:
        parsed = parse(_CONTAINS.sub(_any_string, _NOT.sub(_each_not, css)))
        return tuple(_choice(one.parsed_tree, translator) for one in parsed)
    except (SelectorError, etree.XPathSyntaxError):
        return None


def _choice(tree: Any, translator: _Translator) -> Choice:
    own = _classes(tree.subselector if isinstance(tree, CombinedSelector) else tree)
    inside = isinstance(tree, CombinedSelector) and tree.combinator == " " and not own
    below = translator.xpath(tree.subselector if inside else tree)
    return Choice(
        needed=frozenset(_classes(tree)),
        last=own[-1] if own else None,
        fits=cast(Callable[[HtmlElement], bool], etree.XPath(f"boolean({_test(tree, translator)})")),
        above=_choice(tree.selector, translator) if inside else None,
        below=query(f"{'descendant' if inside else 'descendant-or-self'}::{below}"),
    )


def _classes(tree: Any) -> list[str]:
    """The classes that a match has, or that an element before or above it has."""
    if isinstance(tree, CombinedSelector):
        return _classes(tree.selector) + _classes(tree.subselector)
    own = [tree.class_name] if isinstance(tree, Class) else []
    return (_classes(tree.selector) if hasattr(tree, "selector") else []) + own


_BEFORE = {
    " ": "ancestor::*[{}]",
    ">": "parent::*[{}]",
    "~": "preceding-sibling::*[{}]",
    "+": "preceding-sibling::*[1][{}]",
}


def _test(tree: Any, translator: _Translator) -> str:
    """The selector read from its end: what must be true of an element that it chooses."""
    if isinstance(tree, CombinedSelector):
        before = _BEFORE[tree.combinator].format(_test(tree.selector, translator))
        return f"{_test(tree.subselector, translator)}[{before}]"
    expression = translator.xpath(tree)
    condition = f"[{expression.condition}]" if expression.condition else ""
    return f"self::{expression.element}{condition}"


def _each_not(match: re.Match[str]) -> str:
    """`:not(.a, .b *)` to `:not(.a):not(:-inside(".b"))`."""
    if any(quote in match[1] for quote in "\"'("):
        return match[0]
    parts = [part.strip() for part in match[1].split(",")]
    inside = [_INSIDE.fullmatch(part) for part in parts]
    return "".join(
        f':not(:-inside("{found["outer"]}"))' if found else f":not({part})"
        for part, found in zip(parts, inside, strict=True)
    )


def _any_string(match: re.Match[str]) -> str:
    """One pseudo-class a string: cssselect's arguments have no commas."""
    one = [f":-soup-contains{match[1] or ''}({text})" for text in _STRING.findall(match[2])]
    return one[0] if len(one) == 1 else f":is({', '.join(one)})"
