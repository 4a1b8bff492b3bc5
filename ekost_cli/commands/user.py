"""`ekost user`: who may do what with the book."""

import secrets
import sys
from typing import Annotated, Literal

import typer

from db.errors import N_, UsageError
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from locales.catalogs import _

app = Noun(_("Logins of people, and what each may do."))

FIELDS = (
    Field("name", N_("Login")),
    Field("role", N_("Role")),
    Field("properties", N_("Properties")),
    Field("active", N_("Active"), "bool"),
    Field("actor", N_("By")),
    Field("created_at", N_("Since"), "instant"),
)
ADDED = (*FIELDS, Field("password", N_("Password")), Field("url", N_("Address")))

Role = Literal["landlord", "staff", "readonly", "worker", "backup", "metrics"]
NameArg = Annotated[str, typer.Argument(metavar="NAME", help=_("The login: small letters, digits and _."))]


class PasswordEmptyError(UsageError):
    """Nothing came in."""

    code = "password_empty"
    message = N_("Standard input held no password.")


@app.command(
    "add",
    _("Give a person a login of her own; its password is made up and shown once."),
    examples=(
        "ekost user add sari --role staff --only KOSA --dry-run",
        "ekost user add budi --role landlord --dry-run",
        "ekost user add cron_backup --role backup --dry-run -o json",
    ),
    takes=Takes.DRY_RUN,
    fields=ADDED,
)
def add(
    context: typer.Context,
    name: NameArg,
    role: Annotated[Role, typer.Option("--role", help=_("What she may do; docs/operations.md has the table."))],
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CODE", help=_("Only this property; may be repeated."))
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=_("Read the password from standard input."))
    ] = False,
) -> None:
    from db.repositories.logins import Logins
    from db.repositories.lookup import find_property
    from db.services.logins import add_login

    ekost = Context.of(context)
    password = _read_password() if password_stdin else secrets.token_urlsafe(18)
    with ekost.transaction() as conn:
        add_login(conn, name, role, [find_property(conn, code) for code in only or ()], password)
        added = Logins(conn).row(name)._asdict()
        shown = "" if password_stdin else password
        ekost.show({**added, "password": shown, "url": ekost.database.address_of(name)})


@app.command(
    "list",
    _("List logins and what each may do."),
    examples=("ekost user list", "ekost user list -o json"),
    fields=FIELDS,
)
def list_(context: typer.Context) -> None:
    from db.repositories.logins import Logins

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show_list(Logins(conn).all())


@app.command(
    "revoke",
    _("Take a login back; its rights end at once."),
    examples=("ekost user revoke rini --yes --dry-run",),
    takes=Takes.DRY_RUN | Takes.YES,
    fields=FIELDS,
)
def revoke(context: typer.Context, name: NameArg) -> None:
    from db.repositories.logins import Logins
    from db.services.logins import revoke_login

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        known = Logins(conn).row(name)
        ekost.confirm(_("Take back the login {name}?").format(name=known.name))
        revoke_login(conn, name)
        ekost.show(known._replace(active=False))


def _read_password() -> str:
    """The first line of standard input. Raises PasswordEmptyError."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise PasswordEmptyError
    return password
