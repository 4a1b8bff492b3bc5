"""Keep the reference in docs/ true: `python -m ekost_cli.reference` writes what the code says, `--check` compares.

A page is written by hand around blocks that are not: what stands between `<!-- generated: NAME -->` and
`<!-- end -->` is replaced by the commands, options, settings or errors that there are. Never loaded by `ekost`.
"""

import argparse
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

from typer.core import TyperArgument, TyperOption

from db.domain.csvrows import COLUMNS, Kind
from db.errors import EkostError
from db.policies import POLICIES
from db.settings import known_settings, variable_of
from ekost_cli.commands.help import MEANINGS, OTHER_VARIABLES
from ekost_cli.examples import all_verbs
from ekost_cli.grammar import Takes, Verb
from ekost_cli.helptext import argument_row, option_row, placeholder
from ekost_cli.parser import verb_command
from ekost_cli.registry import ENTRIES
from ekost_cli.shared import common_options, fields_option, options_for

FOLDER = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"(?<=<!-- generated: )(?P<name>[a-z-]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
# Alembic runs this one itself; it is no module to import.
NOT_IMPORTABLE = frozenset({"db.migrations.env"})


def nouns() -> str:
    """Every word behind `ekost`."""
    return _table(("", ""), ((f"[`{name}`](#{name})", entry.help) for name, entry in ENTRIES.items()))


def shared_options() -> str:
    """The options that many commands share, those of all commands first."""
    everywhere = [option_row(option) for option in common_options()]
    some = [option_row(option) for option in [fields_option(), *options_for(~Takes.NOTHING)]]
    return _table(("Everywhere", ""), _coded(everywhere)) + "\n" + _table(("Where named", ""), _coded(some))


def commands() -> str:
    """Every command with its usage, options, fields and examples."""
    told: dict[str, list[str]] = {}
    for path, verb in all_verbs():
        told.setdefault(path.split()[0], []).append(_command(path, verb))
    return "\n".join(f"## {noun}\n\n" + "\n".join(verbs) for noun, verbs in told.items())


def exit_codes() -> str:
    """Every exit status."""
    rows = ((str(code.value), f"`{code.name.lower()}`", meaning) for code, meaning in MEANINGS.items())
    return _table(("Status", "Name", "Meaning"), rows)


def errors() -> str:
    """Every error code, by exit status and name."""
    rows = sorted({(kind.exit_code, kind.code, kind.message, kind.hint) for kind in error_classes()})
    told = ((f"`{code}`", str(exit_.value), message, hint) for exit_, code, message, hint in rows)
    return _table(("Code", "Status", "Message", "Hint"), told)


def settings() -> str:
    """Every setting with its variable and default."""
    rows = (
        (f"`{key}`", f"`{variable_of(key)}`", "-" if it.default is None else f"`{it.default}`", it.metadata["help"])
        for key, it in known_settings().items()
    )
    return _table(("Setting", "Variable", "Default", "Meaning"), rows)


def variables() -> str:
    """Every variable that is no setting."""
    return _table(("Variable", "Meaning"), _coded(OTHER_VARIABLES.items()))


def policies() -> str:
    """Every queue with its attempts, pauses and promise."""
    rows = (
        (f"`{name}`", str(it.attempts), ", ".join(map(str, it.pauses)) or "-", f"{it.sla:g}" if it.sla else "-")
        for name, it in POLICIES.items()
    )
    return _table(("Queue", "Attempts", "Pauses between them (s)", "Done within (s)"), rows)


def columns(kind: Kind) -> str:
    """The columns of a file of one kind; the first two names are the Indonesian and the English one."""
    rows = ((*map(_listed, (it.words[:2], it.words[2:])), "required" if it.required else "") for it in COLUMNS[kind])
    return _table(("Column", "Also written", ""), rows)


BLOCKS: dict[str, Callable[[], str]] = {
    "nouns": nouns,
    "shared-options": shared_options,
    "commands": commands,
    "exit-codes": exit_codes,
    "errors": errors,
    "policies": policies,
    "settings": settings,
    "variables": variables,
    "payment-columns": partial(columns, "payments"),
    "tenant-columns": partial(columns, "tenants"),
    "room-columns": partial(columns, "rooms"),
}


def error_classes() -> Iterator[type[EkostError]]:
    """Every class of the error tree, all modules of ours loaded."""
    for name in ("db", "jobs", "tui", "ekost_cli"):
        _import_all(importlib.import_module(name))
    yield from _below(EkostError)


def renewed(page: str) -> str:
    """The page with its blocks as they should be."""
    return BLOCK.sub(lambda block: f"{block['name']}{block[2]}\n{BLOCKS[block['name']]()}\n", page)


def _command(path: str, verb: Verb) -> str:
    own = [param for param in verb_command(verb).params if getattr(param, "expose_value", False)]
    arguments = [param for param in own if isinstance(param, TyperArgument)]
    options = [param for param in own if isinstance(param, TyperOption)]
    usage = " ".join(["ekost", path, *map(placeholder, arguments), "[OPTIONS]"])
    rows = [*map(argument_row, arguments), *map(option_row, options)]
    shared = [_spelling(option) for option in options_for(verb.takes)]
    parts = [f"### ekost {path}\n", f"{verb.help}\n", f"```text\n{usage}\n```\n"]
    parts += [_table(("", ""), _coded(rows))] if rows else []
    parts += [f"Shared options: {_listed(shared)}.\n"] if shared else []
    parts += [f"Fields: {_listed(field.name for field in verb.fields)}.\n"] if verb.fields else []
    examples = "\n".join(verb.examples)
    return "\n".join([*parts, f"```sh\n{examples}\n```\n"])


def _spelling(option: TyperOption) -> str:
    return max(option.opts, key=len)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _coded(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", text) for name, text in rows)


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _import_all(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name not in NOT_IMPORTABLE:
            importlib.import_module(found.name)


def _below(kind: type[EkostError]) -> Iterator[type[EkostError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _below(child)


def main() -> int:
    """Write the pages, or with `--check` only compare; 1 when one is out of date."""
    parser = argparse.ArgumentParser(prog="python -m ekost_cli.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; name the pages that are out of date")
    only_look = parser.parse_args().check
    stale = False
    for path in sorted(FOLDER.glob("*.md")):
        page = path.read_text(encoding="utf-8")
        if (fresh := renewed(page)) != page:
            stale = True
            print(path.relative_to(FOLDER.parent), file=sys.stderr)
            if not only_look:
                path.write_text(fresh, encoding="utf-8")
    return 1 if stale and only_look else 0


if __name__ == "__main__":
    raise SystemExit(main())
