"""The tree of commands, which grows only along the branch that is walked.

`ekost --help` needs names and one line each, so it reads the registry; a command file is imported when one of
its verbs is called, and of its verbs only that one becomes a parser.
"""

import difflib
import importlib
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

from db.errors import N_, UsageError
from ekost_cli.grammar import Noun, Verb
from ekost_cli.helptext import Row, option_row, write_rows, write_text, write_usage
from ekost_cli.parser import verb_command
from ekost_cli.registry import ENTRIES, SECTIONS, Entry
from ekost_cli.shared import common_options, version_option
from locales.catalogs import _


class NoSuchCommandError(UsageError):
    """A word names no command."""

    code = "no_such_command"
    message = N_("There is no command “{command}”.")
    hint = N_("`{program} --help` lists the commands.")


class MistypedCommandError(NoSuchCommandError):
    """A word is nearly the name of a command."""

    hint = N_("Did you mean {nearest}?")


class Group(TyperGroup):
    """A word that needs another word behind it."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__(name=name, help=help, add_help_option=False, rich_markup_mode=None)
        self.params: list[Any] = list(common_options())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a verb: the help page, as people expect from a command they are getting to know."""
        rest = super().parse_args(ctx, args)
        if not ctx._protected_args and not ctx.resilient_parsing:
            print(ctx.get_help())
            ctx.exit()
        return rest

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The parser of the command that the next word names. Raises NoSuchCommandError."""
        name, *rest = args
        if name in self.list_commands(ctx):
            return name, self.build(name), rest
        if ctx.resilient_parsing:
            return None, None, rest
        raise _unknown(name, self.list_commands(ctx), ctx.command_path)

    @abstractmethod
    def build(self, name: str) -> TyperCommand | TyperGroup:
        """Make the parser of a command."""

    @abstractmethod
    def sections(self) -> Iterable[tuple[str, list[Row]]]:
        """What the help page lists: headings, and names with one line each."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands."""
        return [name for _heading, rows in self.sections() for name, _line in rows]

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand:
        """Name and help of a command for the shell's completion, which asks for all of them."""
        lines = {name: line for _heading, rows in self.sections() for name, line in rows}
        return TyperCommand(cmd_name, help=lines.get(cmd_name, ""))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_usage(ctx, formatter, [_("COMMAND")])
        write_text(formatter, self.help or "")
        for heading, rows in self.sections():
            write_rows(formatter, heading, rows)
        write_rows(formatter, _("Common options"), [option_row(option) for option in self.params])
        write_text(formatter, _("`{program} COMMAND --help` tells more.").format(program=ctx.command_path))


class NounGroup(Group):
    """The verbs of a noun."""

    def __init__(self, name: str, noun: Noun) -> None:
        super().__init__(name, noun.help)
        self.noun = noun

    def sections(self) -> Iterable[tuple[str, list[Row]]]:
        return [(_("Commands"), [(verb.name, verb.help) for verb in self.noun.verbs.values()])]

    def build(self, name: str) -> TyperCommand:
        return verb_command(self.noun.verbs[name])


class Root(Group):
    """`ekost` itself."""

    def __init__(self) -> None:
        super().__init__("ekost", _("Rooms for rent: tenants, rent, payments and balances."))
        self.params.append(version_option())

    def sections(self) -> Iterable[tuple[str, list[Row]]]:
        return [(_(title), [(entry.name, _(entry.help)) for entry in entries]) for title, entries in SECTIONS.items()]

    def build(self, name: str) -> TyperCommand | TyperGroup:
        found = load(ENTRIES[name])
        return NounGroup(name, found) if isinstance(found, Noun) else verb_command(found)


def load(entry: Entry) -> Noun | Verb:
    """Import the file of a command."""
    module, attribute = entry.target.split(":")
    found = getattr(importlib.import_module(f"ekost_cli.commands.{module}"), attribute)
    assert isinstance(found, Noun | Verb)  # noqa: S101 - for the type checker
    return found


def _unknown(name: str, known: list[str], program: str) -> NoSuchCommandError:
    nearest = difflib.get_close_matches(name, known)
    if nearest:
        return MistypedCommandError(command=name, nearest=", ".join(nearest))
    return NoSuchCommandError(command=name, program=program)
