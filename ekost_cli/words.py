"""Read single options off a raw command line, which may be too broken for a parser, or come before there is one."""

from itertools import pairwise

# Flags that may stand in one word with an option: `-qo json`.
_SHORT_FLAGS = "qvyh"


def option_value(words: list[str], name: str, short: str = "") -> str | None:
    """What a command line says for an option: the last word on it, as the parser would decide; None if nothing."""
    found = None
    for word, following in pairwise([*words, ""]):
        if word == "--":
            break
        value = _attached(word, name, short)
        found = found if value is None else value or following
    return found


def _attached(word: str, name: str, short: str) -> str | None:
    """The value within the word itself, empty when it is the next word, None for another word."""
    if word == f"--{name}":
        return ""
    if word.startswith(f"--{name}="):
        return word.partition("=")[2]
    if short and word.startswith("-") and not word.startswith("--"):
        letters = word[1:].lstrip(_SHORT_FLAGS)
        return letters[1:] if letters.startswith(short) else None
    return None
