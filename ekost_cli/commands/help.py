"""`ekost help`: the page of a command, and what belongs to no single one: exit codes and the environment."""

from typing import Annotated, NamedTuple

import typer

from db.errors import N_, ExitCode
from db.settings import known_settings, variable_of
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import command
from ekost_cli.invocation import Invocation
from locales.catalogs import _


class ExitRow(NamedTuple):
    """An exit status."""

    code: int
    name: str
    meaning: str


class VariableRow(NamedTuple):
    """A variable of the environment; `setting` is its key in the configuration, if it has one."""

    variable: str
    setting: str
    meaning: str


EXIT_FIELDS = (Field("code", N_("Code"), "int"), Field("name", N_("Name")), Field("meaning", N_("Meaning")))
VARIABLE_FIELDS = (
    Field("variable", N_("Variable")),
    Field("setting", N_("Setting"), wide=True),
    Field("meaning", N_("Meaning")),
)

MEANINGS = {
    ExitCode.DONE: N_("Done."),
    ExitCode.FAILED: N_("Failed, or a check found something."),
    ExitCode.USAGE: N_("The command line or the configuration is wrong."),
    ExitCode.UNREACHABLE: N_("The database or Redis can't be reached: try again later."),
    ExitCode.NOT_FOUND: N_("What was named does not exist."),
    ExitCode.REFUSED: N_("Refused by a rule, or somebody else was first."),
    ExitCode.REJECTED_ROWS: N_("The import is done, some rows were rejected."),
    ExitCode.ALREADY_RUNNING: N_("The same work is already running."),
    ExitCode.INTERRUPTED: N_("Interrupted with Ctrl-C."),
    ExitCode.BROKEN_PIPE: N_("The reader of the output went away."),
    ExitCode.TERMINATED: N_("Stopped by SIGTERM."),
}

OTHER_VARIABLES = {
    "EKOST_DEBUG": N_("1 shows where an internal error happened."),
    "EKOST_PG_BIN": N_("Folder of the PostgreSQL programs to use instead of the bundled ones."),
    "EKOST_REDIS_BIN": N_("A Valkey or Redis server program to use instead of the bundled one."),
    "EKOST_RUN_AS": N_("The account that root runs the bundled servers as; `ekost` if not given."),
    "NO_COLOR": N_("Anything: no colour."),
    "FORCE_COLOR": N_("1: colour in pipes too; 0: no colour."),
    "COLUMNS": N_("Width of tables."),
    "XDG_CONFIG_HOME": N_("Folder of configuration files."),
    "LC_ALL, LC_MESSAGES, LANG": N_("The locale: speaks where no language is set."),
}

TopicArg = Annotated[
    list[str] | None,
    typer.Argument(metavar="TOPIC", help=_("A command, or `exit-codes`, or `environment`.")),
]


@command(
    "help",
    _("Help on a command, on exit codes and on the environment."),
    examples=("ekost help config set", "ekost help exit-codes", "ekost help environment -o json"),
)
def help_(context: typer.Context, topic: TopicArg = None) -> None:
    ekost = Context.of(context)
    if topic == ["exit-codes"]:
        rows = [ExitRow(code.value, code.name.lower(), _(meaning)) for code, meaning in MEANINGS.items()]
        ekost.show_list(rows, EXIT_FIELDS)
    elif topic == ["environment"]:
        ekost.show_list(_variables(), VARIABLE_FIELDS)
    else:
        _page(topic or [])


def _variables() -> list[VariableRow]:
    settings = known_settings().items()
    rows = [VariableRow(variable_of(key), key, _(setting.metadata["help"])) for key, setting in settings]
    return rows + [VariableRow(name, "", _(meaning)) for name, meaning in OTHER_VARIABLES.items()]


def _page(words: list[str]) -> None:
    from ekost_cli.lazy import Root

    root = Root()
    with root.make_context("ekost", [*words, "--help"], obj=Invocation()) as context:
        root.invoke(context)
