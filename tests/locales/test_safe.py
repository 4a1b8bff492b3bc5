"""Nothing stored can command the terminal or hide on it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.safe import safe


@pytest.mark.parametrize(
    ("attack", "shown"),
    [
        ("\x1b[2J\x1b[H", "␛[2J␛[H"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x1b]8;;http://evil\x1b\\here", "␛]8;;http://evil␛\\here"),
        ("\x9b31mred", "\\x9b31mred"),
        ("Budi\rAni ", "Budi␍Ani "),
        ("a\nb", "a⏎b"),
        ("a\tb", "a␉b"),
        ("a\x00b\x08c\x7f", "a␀b␈c␡"),
        ("\u202e000.005", "\\u202e000.005"),
        ("\u2066x\u2069\u200f\u061c", "\\u2066x\\u2069\\u200f\\u061c"),
        ("A\u200b1\ufeff\u2060\u00ad", "A\\u200b1\\ufeff\\u2060\\xad"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_attacks_become_visible(attack: str, shown: str) -> None:
    assert safe(attack) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Budi Santoso",
        "Nyoman Suñer",
        "Rp1.500.000",
        "CHF\xa012,00",
        "[/] [@click=app.quit]x[/]",
        "李 😀 é",
        "C:\\x1b",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def commands_or_hides(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN",
    }  # fmt: skip


HOSTILE = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x1b\x9b\r\n\u202e\u200b\u2066[/]\\")))


@given(HOSTILE)
def test_safe_text_holds_nothing_that_commands_or_hides(text: str) -> None:
    assert not any(map(commands_or_hides, safe(text)))


@given(HOSTILE)
def test_making_safe_twice_changes_nothing_more(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(HOSTILE)
def test_safe_text_is_one_line_that_can_be_written(text: str) -> None:
    assert len(safe(text).splitlines()) <= 1
    safe(text).encode("utf-8")
