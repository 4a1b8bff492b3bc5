"""Nouns and verbs as data: a command file says what there is, the parser is built when a verb is called.

    app = Noun(_("Money received from tenants."))

    @app.command(
        "add",
        _("Record a payment; it fills the tenant's oldest charges first."),
        examples=("ekost payment add P-001 1500000", "ekost payment add P-001 1,5jt --on yesterday --dry-run"),
        takes=Takes.MONEY,
        fields=PAYMENT_FIELDS,
    )
    def add(context: typer.Context, tenant: TenantArg, amount: AmountArg, on: DateOption = None) -> None:
        from db.services.payments import record_payment

        ekost = Context.of(context)
        with ekost.transaction() as conn:
            ...
            payment = record_payment(conn, ..., ekost.amount(amount), ekost.day(on), key=ekost.key)
        ekost.show(payment)

The module imports typer, the standard library and light parts of our own; SQLAlchemy and Rich only inside bodies.
"""

from collections.abc import Callable
from enum import Flag, auto
from typing import NamedTuple, TypeVar

from ekost_cli.fields import Field

Body = TypeVar("Body", bound=Callable[..., None])


class Takes(Flag):
    """Which shared options a verb takes besides those that every one has."""

    NOTHING = 0
    PAGES = auto()  # --limit, --after, --all
    PROPERTY = auto()  # --property
    AS_OF = auto()  # --as-of
    DRY_RUN = auto()  # --dry-run
    KEY = auto()  # --key
    YES = auto()  # -y, --yes
    LIST = PAGES | PROPERTY
    WRITE = DRY_RUN | PROPERTY
    MONEY = WRITE | KEY


class Verb(NamedTuple):
    """One command: what it is called, what it says of itself, and the function behind it."""

    name: str
    help: str
    body: Callable[..., None]
    examples: tuple[str, ...]
    takes: Takes = Takes.NOTHING
    fields: tuple[Field, ...] = ()


class Noun:
    """The verbs of one thing, in the order of its file."""

    def __init__(self, help: str) -> None:
        self.help = help
        self.verbs: dict[str, Verb] = {}

    def command(
        self,
        name: str,
        help: str,
        *,
        examples: tuple[str, ...],
        takes: Takes = Takes.NOTHING,
        fields: tuple[Field, ...] = (),
    ) -> Callable[[Body], Body]:
        """Register a function as the verb `name`; `fields` are what it shows, `examples` whole command lines."""

        def register(body: Body) -> Body:
            self.verbs[name] = Verb(name, help, body, examples, takes, fields)
            return body

        return register


def command(
    name: str,
    help: str,
    *,
    examples: tuple[str, ...],
    takes: Takes = Takes.NOTHING,
    fields: tuple[Field, ...] = (),
) -> Callable[[Callable[..., None]], Verb]:
    """Make a function a command of its own, such as `ekost doctor`; the registry names it."""
    return lambda body: Verb(name, help, body, examples, takes, fields)
