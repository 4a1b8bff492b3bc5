"""`ekost config`: what is set, where it comes from, and whether it is right."""

import os
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import typer

from db.errors import N_, ExitCode
from db.settings import (
    KEYS_TABLE,
    ConfigError,
    Settings,
    check_file,
    known_settings,
    variable_of,
    variable_problems,
)
from db.settings_path import settings_files, user_file
from ekost_cli.context import Context
from ekost_cli.failures import failure_of
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun
from locales.catalogs import _

app = Noun(_("Settings: show, change, validate."))


class SettingRow(NamedTuple):
    """A setting as it holds now."""

    key: str
    value: object
    origin: str


class ProblemRow(NamedTuple):
    """Something that is wrong; `place` is a file with its line, or a variable."""

    place: str
    code: str
    message: str
    hint: str


SETTING_FIELDS = (Field("key", N_("Setting")), Field("value", N_("Value")), Field("origin", N_("From"), wide=True))
PROBLEM_FIELDS = (
    Field("place", N_("Place")),
    Field("code", N_("Code"), wide=True),
    Field("message", N_("What is wrong")),
    Field("hint", N_("Way out"), wide=True),
)

OriginOption = Annotated[bool, typer.Option("--origin", help=_("Also where each value comes from."))]
KeyArg = Annotated[str, typer.Argument(metavar="KEY", help=_("Name of a setting, as `config show` lists it."))]
ValueArg = Annotated[str, typer.Argument(metavar="VALUE", help=_("Its new value."))]


@app.command(
    "show",
    _("Show the settings that hold; passwords are hidden."),
    examples=("ekost config show", "ekost config show --origin -o json"),
    fields=SETTING_FIELDS,
)
def show(context: typer.Context, origin: OriginOption = False) -> None:
    ekost = Context.of(context)
    fields = SETTING_FIELDS if origin or ekost.options.fields else SETTING_FIELDS[:2]
    ekost.show_list(_rows(ekost.settings), fields)


@app.command("path", _("Print the file that `config set` writes."), examples=("ekost config path",))
def path(context: typer.Context) -> None:
    Context.of(context).say(str(user_file()))


@app.command(
    "set",
    _("Change one setting in your configuration file; everything else in it stays."),
    examples=("ekost config set language id", "ekost config set lock_timeout 20"),
    fields=SETTING_FIELDS,
)
def set_(context: typer.Context, key: KeyArg, value: ValueArg) -> None:
    from db.settings_file import write_setting

    ekost = Context.of(context)
    written = write_setting(user_file(), key, value)
    if os.environ.get(variable_of(key)):
        ekost.note(_("{variable} still goes before your file.").format(variable=variable_of(key)))
    ekost.show(_row(key, written, str(user_file())))


@app.command(
    "validate",
    _("Check the configuration files and the environment; without a word if all is well."),
    examples=("ekost config validate", "ekost config validate -o json"),
    fields=PROBLEM_FIELDS,
)
def validate(context: typer.Context) -> None:
    problems = [_problem(error) for error in _problems()]
    if problems:
        Context.of(context).show_list(problems)
        raise typer.Exit(ExitCode.FAILED)


def _rows(settings: Settings) -> Iterator[SettingRow]:
    for key in known_settings():
        yield _row(key, getattr(settings, key), settings.origin(key))
    for name, keys in settings.tui_keys.items():
        key = f"{KEYS_TABLE}.{name}"
        yield SettingRow(key, " ".join(keys), settings.origin(key))


def _row(key: str, value: object, origin: str) -> SettingRow:
    from db.settings_file import mask

    secret = known_settings()[key].metadata["secret"]
    return SettingRow(key, mask(str(value)) if secret and value else value, origin)


def _problems() -> list[ConfigError]:
    from db.settings_file import exposure

    found: list[ConfigError] = []
    for file in settings_files():
        check_file(file, found.append, {})
        found += exposure(file)
    return [*found, *variable_problems(os.environ)]


def _problem(error: ConfigError) -> ProblemRow:
    told = failure_of(error)
    return ProblemRow(str(error.fields["place"]), told.code, told.message, told.hint)
