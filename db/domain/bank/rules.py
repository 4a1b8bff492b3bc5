"""Rules in plain text: what the words of a description mean.

    # whose money it is
    if BUDI SANT
      tenant BUDI

    if BIAYA ADM*
      ignore bank charges

    if TOKEN PLN
      category electricity

A pattern is found anywhere in the description, whatever its case; `*` stands for anything between two words of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from db.domain.bank.words import STOP, folded, words_of
from db.domain.texts import clean
from db.errors import N_, UsageError

Action = Literal["tenant", "category", "ignore"]
ACTIONS = ("tenant", "category", "ignore")
# Words of a description that are learned, and the shortest of them.
_LEARNED, _LONG = 3, 3
_MOST_STARS = 4


class RuleFormError(UsageError):
    """A line of the rules is none."""

    code = "bank_rule"
    message = N_("Line {line} of the rules can't be read: “{text}”.")
    hint = N_("Write `if WORDS`, and below it, indented, `tenant CODE`, `category NAME` or `ignore REASON`.")


class Rule(NamedTuple):
    """What a description with these words means: a tenant's code, a category of expenses, or why it is ignored."""

    pattern: str
    action: Action
    value: str


def fits(pattern: str, description: str) -> bool:
    """Whether the description holds the pattern."""
    parts = [re.escape(part) for part in folded(pattern).split("*") if part.strip()]
    return bool(parts) and re.search(".*".join(parts), folded(description)) is not None


def first_fitting(rules: Iterable[Rule], description: str) -> Rule | None:
    """The rule that counts: the longest pattern that fits says the most."""
    fitting = [rule for rule in rules if fits(rule.pattern, description)]
    return max(fitting, key=lambda rule: (len(rule.pattern), rule.pattern), default=None)


def stable_words(description: str) -> str | None:
    """The words of a description that will stand in the next one too: no figures, no codes of the bank."""
    found = [word for word in words_of(description) if len(word) >= _LONG and word not in STOP]
    return " ".join(found[-_LEARNED:]).upper() if found else None


def learned_pattern(description: str) -> str | None:
    """A pattern of the stable words at the end, where banks write who it was, that fits this description."""
    stable = stable_words(description)
    if stable is None:
        return None
    pattern = stable.replace(" ", "*")
    return pattern if fits(pattern, description) else None


def read_rules(lines: Iterable[str]) -> Iterator[Rule]:
    """The rules of a file. Raises RuleFormError, UncleanTextError, TextLengthError."""
    pattern: str | None = None
    for number, line in enumerate(lines, 1):
        text = line.rstrip()
        if not text.strip() or text.lstrip()[0] in "#;":
            continue
        word, _, value = text.strip().partition(" ")
        value = value.strip()
        if word == "if" and value and pattern is None and not text[0].isspace() and value.count("*") <= _MOST_STARS:
            pattern = clean(value, "pattern")
        elif word in ACTIONS and value and pattern is not None and text[0].isspace():
            action: Action = word  # type: ignore[assignment]
            yield Rule(pattern, action, clean(value, word, 500))
            pattern = None
        else:
            raise RuleFormError(line=number, text=text[:60])
    if pattern is not None:
        raise RuleFormError(line=0, text=f"if {pattern}"[:60])


def write_rules(rules: Sequence[Rule]) -> str:
    """The file of these rules, which `read_rules` reads again."""
    return "\n".join(f"if {rule.pattern}\n  {rule.action} {rule.value}\n" for rule in rules)
