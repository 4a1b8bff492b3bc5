"""What a person typed, and whether a line of the book fits it: the same for the search and for every list.

The searched columns are folded by the database (small letters, no accents), and so is what is looked for.
"""

import re

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

from db.domain.texts import TextLengthError, clean

MOST_WORDS, MOST_LETTERS = 8, 100
# An index of three letters knows nothing of two in the middle of a word: short words must begin one.
SHORT = 3
# Digits that all numbers share make an index read them all; it is asked for the last ones, the rest is compared.
TAIL = 6


def words_of(conn: Connection, text: str) -> str:
    """What a person typed, ready to be looked for. Raises UncleanTextError, TextLengthError."""
    typed = clean(text, "text", MOST_LETTERS)
    # Only what has accents is folded by the database, by the rules of its columns.
    folded = typed.lower() if typed.isascii() else str(conn.execute(select(func.folded(typed))).scalar_one())
    words = folded.split()[:MOST_WORDS]
    if not words:  # accents alone
        raise TextLengthError(field="text", most=MOST_LETTERS, length=0)
    return " ".join(words)


def is_about(search_text: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """Whether a search text holds every word, or the phone that is meant."""
    return or_(every_word(search_text, wanted), *(_holds(search_text, part) for part in phone_parts(wanted)))


def every_word(search_text: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """Whether each word stands somewhere, short ones where a word begins."""
    words = wanted.split()
    return and_(*(_holds(search_text, word) if len(word) >= SHORT else begins(search_text, word) for word in words))


def begins(search_text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a word begins so."""
    return search_text.contains(f" {word}", autoescape=True)


def phone_parts(text: str) -> list[str]:
    """What of a stored phone (+62812…) a person means who types 0812-…, 62812…, +62 812 … or some digits of it."""
    if re.fullmatch(r"\+?[0-9][0-9 ().-]*", text) is None:
        return []
    digits = re.sub("[^0-9]", "", text)
    if len(digits) <= SHORT:
        return []
    if text.startswith("+"):
        return [f"+{digits}"]
    return [digits, *([f"+62{digits[1:]}"] if digits.startswith("0") else [])]


def _holds(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    if len(part) > TAIL + SHORT and part[-TAIL:].isdigit():
        # What is put together has no index, so that it is compared with the hits of the last digits alone.
        return and_(column.contains(part[-TAIL:]), (column + literal("")).contains(part, autoescape=True))
    return column.contains(part, autoescape=True)
