"""Help pages: plain text in the reader's language, examples included, without Rich."""

from typing import Any, Literal, get_args, get_origin

from typer.core import TyperArgument, TyperOption

from ekost_cli.grammar import Verb
from ekost_cli.shared import common_options
from locales.catalogs import _

Row = tuple[str, str]


def write_help(ctx: Any, formatter: Any, verb: Verb) -> None:
    """The page of one command."""
    arguments = [param for param in ctx.command.params if isinstance(param, TyperArgument)]
    common = common_options()
    options = [param for param in ctx.command.params if isinstance(param, TyperOption) and param not in common]
    write_usage(ctx, formatter, [placeholder(argument) for argument in arguments])
    write_text(formatter, verb.help)
    write_rows(formatter, _("Arguments"), [argument_row(param) for param in arguments])
    write_rows(formatter, _("Options"), [option_row(param) for param in options if not param.hidden])
    write_rows(formatter, _("Common options"), [option_row(param) for param in common])
    if verb.fields:
        with formatter.section(_("Fields")):
            formatter.write_text(" ".join(field.name for field in verb.fields))
    with formatter.section(_("Examples")):
        for example in verb.examples:
            formatter.write(f"  {example}\n")


def write_usage(ctx: Any, formatter: Any, words: list[str]) -> None:
    """`Usage: ekost payment add TENANT AMOUNT [OPTIONS]`."""
    pieces = [*words, "[" + _("OPTIONS") + "]"]
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage") + ": ")


def write_text(formatter: Any, text: str) -> None:
    """A paragraph of its own."""
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(text)


def write_rows(formatter: Any, heading: str, rows: list[Row]) -> None:
    """A section of names and what they mean; nothing at all when there are none."""
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows)


def option_row(option: TyperOption) -> Row:
    """`-o, --output FORMAT` and its help."""
    spellings = ", ".join(sorted([*option.opts, *option.secondary_opts], key=len))
    value = "" if option.is_flag else " " + (option.metavar or option.name.upper())
    return spellings + value, _with_remarks(option)


def argument_row(argument: TyperArgument) -> Row:
    """`TENANT` and its help."""
    return argument_name(argument), _with_choices(argument, [])


def _with_remarks(option: TyperOption) -> str:
    remarks = [_("required")] if option.required else []
    if isinstance(option.default, str):
        remarks.append(_("default: {default}").format(default=option.default))
    return _with_choices(option, remarks)


def _with_choices(param: TyperArgument | TyperOption, remarks: list[str]) -> str:
    """The help of a parameter, and in brackets what it may be and what else is to be known."""
    annotation: Any = param.type_descriptor.annotation
    choices = "|".join(get_args(annotation)) if get_origin(annotation) is Literal else ""
    told = ", ".join(filter(None, [choices, *remarks]))
    return f"{param.help or ''} ({told})" if told else param.help or ""


def argument_name(argument: TyperArgument) -> str:
    """`TOPIC...`: the word for an argument in its own row."""
    return (argument.metavar or argument.name.upper()) + ("..." if argument.nargs == -1 else "")


def placeholder(argument: TyperArgument) -> str:
    """`TENANT`, or `[TOPIC...]` for one that may be left out."""
    return argument_name(argument) if argument.required else f"[{argument_name(argument)}]"
