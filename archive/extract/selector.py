"""CSS selectors to XPath, with three things that profiles need and cssselect cannot read.

`X:not(A, B)` with a list, `X:not(.query *)` for "not inside", and soupsieve's `:-soup-contains("…")` and
`:-soup-contains-own("…", "…")`.
A whole page through BeautifulSoup takes ten times as long as all fields together, so what can be said in XPath is.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from cssselect import HTMLTranslator, SelectorError
from cssselect.parser import Function
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


@lru_cache(maxsize=1024)
def compiled(css: str) -> Callable[[HtmlElement], list[HtmlElement]] | None:
    """The selector as an XPath over a page or a part of it; null where it says what XPath cannot, and BeautifulSoup has
    to read it."""
    try:
        return query(_Translator().css_to_xpath(_CONTAINS.sub(_any_string, _NOT.sub(_each_not, css))))
    except (SelectorError, etree.XPathSyntaxError):
        return None


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
