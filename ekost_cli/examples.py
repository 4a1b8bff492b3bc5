"""Every example of every help page, so that a test can run what the pages promise."""

import shlex
from collections.abc import Iterator

from ekost_cli.grammar import Noun, Verb
from ekost_cli.lazy import load
from ekost_cli.registry import ENTRIES


def all_verbs() -> Iterator[tuple[str, Verb]]:
    """Every command with its path behind `ekost`, such as `payment add`; imports all command files."""
    for name, entry in ENTRIES.items():
        found = load(entry)
        if isinstance(found, Noun):
            yield from ((f"{name} {verb.name}", verb) for verb in found.verbs.values())
        else:
            yield name, found


def all_examples() -> Iterator[tuple[str, list[str]]]:
    """Every example: the path of its command and the words behind `ekost`."""
    for path, verb in all_verbs():
        for example in verb.examples:
            program, *words = shlex.split(example)
            if program != "ekost":
                raise ValueError(f"an example of {path} does not begin with ekost: {example}")
            yield path, words
