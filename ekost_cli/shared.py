"""The options that every command understands, made once and given to all: before the noun, after it, after the verb."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import typer
from typer._coercion import bool_flag_type_descriptor, resolve_type_descriptor
from typer.core import TyperOption
from typer.models import OptionInfo

from ekost_cli.coercion import choice, read_plainly, require_utf8, require_words, whole_number
from ekost_cli.grammar import Takes
from ekost_cli.invocation import COLORS, DEFAULT_LIMIT, FORMATS, Invocation
from ekost_cli.main import VERSION
from locales.catalogs import LANGUAGES, _

Reader = Callable[[str, TyperOption], Any]


@cache
def common_options() -> tuple[TyperOption, ...]:
    """What every command and every noun takes."""
    return (
        _option("output", "-o", "--output", help=_("How to print."), choices=FORMATS, metavar="FORMAT"),
        _flag("quiet", "-q", "--quiet", help=_("Print no notes.")),
        _flag("verbose", "-v", "--verbose", help=_("Say more about what is done.")),
        _option("lang", "--lang", help=_("Language of texts for people."), choices=LANGUAGES),
        _option("color", "--color", help=_("Whether to use colour."), choices=COLORS, metavar="WHEN"),
        _help_option(),
    )


@cache
def fields_option() -> TyperOption:
    """For commands that print records."""
    text = _("Which fields to print, in this order; `help` lists them.")
    return _option("fields", "--fields", help=text, metavar="A,B,C", read=require_words)


def options_for(takes: Takes) -> list[TyperOption]:
    """The shared options that a verb asked for."""
    return [make() for flag, makers in _MAKERS.items() if flag in takes for make in makers]


def _limit() -> TyperOption:
    text = _("At most so many rows; {count} if not given.").format(count=DEFAULT_LIMIT)
    return _option("limit", "--limit", help=text, metavar="N", read=partial(whole_number, least=1))


def _after() -> TyperOption:
    return _option("after", "--after", help=_("Go on behind this cursor."), metavar="CURSOR")


def _all() -> TyperOption:
    return _flag("all", "--all", help=_("Print every row."))


def _property() -> TyperOption:
    text = _("Code of the property, or - for all; also EKOST_PROPERTY or the configuration.")
    return _option("property", "--property", help=text, metavar="CODE", read=require_words)


def _as_of() -> TyperOption:
    return _option("as_of", "--as-of", help=_("As things stood at the end of this day."), metavar="DATE")


def _dry_run() -> TyperOption:
    return _flag("dry_run", "--dry-run", help=_("Do everything, show the result, keep nothing."))


def _key() -> TyperOption:
    text = _("Idempotency key: repeating the command with it books nothing twice.")
    return _option("key", "--key", help=text, metavar="KEY")


def _yes() -> TyperOption:
    return _flag("yes", "-y", "--yes", help=_("Don't ask, do it."))


_MAKERS: dict[Takes, tuple[Callable[[], TyperOption], ...]] = {
    Takes.PROPERTY: (_property,),
    Takes.AS_OF: (_as_of,),
    Takes.PAGES: (_limit, _after, _all),
    Takes.DRY_RUN: (_dry_run,),
    Takes.KEY: (_key,),
    Takes.YES: (_yes,),
}


def _option(
    name: str,
    *spellings: str,
    help: str,
    metavar: str | None = None,
    choices: tuple[str, ...] = (),
    read: Reader = require_utf8,
) -> TyperOption:
    if choices:
        read = partial(choice, choices=choices)
    option = TyperOption(
        param_decls=[name, *spellings],
        help=f"{help} ({'|'.join(choices)})" if choices else help,
        metavar=metavar or name.upper(),
        expose_value=False,
        callback=_keep(read),
        autocompletion=(lambda context, args, incomplete: list(choices)) if choices else None,
        type_descriptor=resolve_type_descriptor(str, OptionInfo()),
    )
    read_plainly(option)
    return option


def _flag(name: str, *spellings: str, help: str) -> TyperOption:
    option = TyperOption(
        param_decls=[name, *spellings],
        help=help,
        is_flag=True,
        expose_value=False,
        callback=_keep(lambda value, option: value),
        type_descriptor=bool_flag_type_descriptor(),
    )
    read_plainly(option)
    return option


def _keep(read: Reader) -> Callable[[typer.Context, TyperOption, Any], None]:
    """Store what was given; what was not given must not undo what stood before the verb."""

    def keep(context: typer.Context, option: TyperOption, value: Any) -> None:
        if value is not None and isinstance(context.obj, Invocation):
            setattr(context.obj, option.name, read(value, option))

    return keep


def version_option() -> TyperOption:
    """`ekost --version` among other options; alone it is answered before anything is loaded."""

    def show(context: Any, option: Any, value: Any) -> None:
        if value and not context.resilient_parsing:
            print(f"ekost {VERSION}")
            context.exit()

    option = _flag("version", "--version", help=_("Show the version."))
    option.is_eager, option.callback = True, show
    return option


def _help_option() -> TyperOption:
    def show(context: Any, option: Any, value: Any) -> None:
        if value and not context.resilient_parsing:
            print(context.get_help())
            context.exit()

    option = _flag("help", "-h", "--help", help=_("Show this help."))
    option.is_eager, option.callback = True, show
    return option
