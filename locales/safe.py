"""Stored text on its way to a terminal.

A name in the book may come from a file that somebody else wrote. Raw, it could move the cursor, rewrite
the line above, turn text around or hide characters; neither Rich nor Textual removes these. Every
renderer passes stored text through `safe`, so that what was hidden is seen.
"""

from unicodedata import category

# Control, format (bidi, zero-width, tags), half of a pair, and the two Unicode line ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
NEWLINE = "⏎"


def safe(text: str) -> str:
    """`text` with everything invisible or commanding made visible; ordinary text comes back unchanged.

    A newline becomes `⏎`, other ASCII controls their picture (ESC is `␛`), the rest an escape such as
    `\\u202e`. Safe text stays the same when made safe again. It isn't an escape for Rich's or Textual's
    markup: show text as `Text` or with `markup=False`.
    """
    # The hidden kinds are all unprintable, so this one C call clears nearly every text.
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    """One character, or what stands for it."""
    if category(char) not in HIDDEN:
        return char
    if char == "\n":
        return NEWLINE
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "␡"
    return char.encode("unicode_escape").decode("ascii")
