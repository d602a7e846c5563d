"""What a site says commands no terminal."""

import io
import re

import pytest
from rich.text import Text

from archive.lines import Terminal, harmless, table

HOSTILE = {
    "clear": "\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "link": "\x1b]8;;http://evil.example/\x1b\\here\x1b]8;;\x1b\\",
    "eight-bit": "\x9b2J\x9d0;x\x9c\x85",
    "line": "good\nFAILED forged\r\x0b\x0c\x08\x08",
    "separators": "one\u2028two\u2029three",
    "bidi": "‮gpj.exe\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069",
    "arabic": "مقال\u202eعن القضاء\x1b[31m",
    "surrogate": "\ud83d",
    "markup": "[bold red]not markup[/] [link=file:///etc/passwd]x[/link]",
}
COMMANDS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_terminal_shows_it_in_one_line(name: str) -> None:
    said = io.StringIO()
    terminal = Terminal(file=said, force_terminal=False, width=80, highlight=False)
    terminal.print(HOSTILE[name], markup=False, soft_wrap=True)
    terminal.print(Text(HOSTILE[name], style="bold"), soft_wrap=True)
    table(terminal, [("title", [HOSTILE[name], Text(HOSTILE[name])])], 10)
    assert not COMMANDS.search(said.getvalue().replace("\n", ""))
    assert said.getvalue().count("\n") == 4


def test_colour_is_ours_alone() -> None:
    said = io.StringIO()
    Terminal(file=said, force_terminal=True, width=80, color_system="standard").print(
        Text("مقال\x1b[31m", style="bold"), soft_wrap=True
    )
    assert said.getvalue() == "\x1b[1mمقال␛[31m\x1b[0m\n"


def test_words_stay_as_they_are() -> None:
    for text in ("plain", "قانون\u200cها \u200fو\u200e[x]", "السُّلطة", "e\u0301 – “x” 🏛"):
        assert harmless(text) == text
