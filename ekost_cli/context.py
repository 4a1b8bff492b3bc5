"""What a command works with: settings, the book, today, and the way to show things. Connects when first asked."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.errors import N_, EkostError, UnreachableError, UsageError
from db.settings import Settings, load_settings
from ekost_cli.dates import parse_date
from ekost_cli.fields import HOME_CURRENCY, HOME_TIMEZONE, Field, chosen
from ekost_cli.invocation import Invocation
from ekost_cli.output import PageReader, Printer
from ekost_cli.terminal import is_terminal
from locales.catalogs import _, current_language
from locales.safe import safe

if TYPE_CHECKING:
    import typer
    from sqlalchemy import Connection

    from db.cache.cache import Cache
    from db.engine import Database

# What stands for all properties where one is configured; no code begins so.
ALL = "-"
# The file of the state folder in which slow statements are written down.
SLOW_LOG = "slow.log"


class ConfirmationNeededError(UsageError):
    """A question has nobody to answer it."""

    code = "confirmation_needed"
    message = N_("This needs a confirmation, and there is no terminal to ask on.")
    hint = N_("Add --yes if you are sure.")


class DeclinedError(EkostError):
    """The answer was no."""

    code = "declined"
    message = N_("Not confirmed: nothing was changed.")


class ReplicaLostError(UnreachableError):
    """A replica broke off while it was read, and rows may have been printed."""

    code = "replica_lost"
    message = N_("The replica {place} broke off while it was read.")
    hint = N_("Repeat the command: for half a minute that replica is not asked.")


class Context:
    """One run of one command; `words` are its noun and verb."""

    def __init__(self, options: Invocation, fields: tuple[Field, ...] = (), words: str = "") -> None:
        self.options = options
        self.printer = Printer(options, fields)
        self.words = words
        # What somebody has typed, for every connection of this run; nothing may be asked while screens are drawn.
        self._passwords: dict[tuple[str, str], str | None] = {}
        self.may_ask = True
        # Set when a replica has failed this command.
        self.primary_only = False
        # Set when the primary is away and what is shown may lack the latest.
        self.outdated = False
        # Set when rent is still to be posted, so that what is shown is not of today.
        self.behind = False

    @classmethod
    def of(cls, context: "typer.Context") -> "Context":
        """The context of a command that is running; always the same one."""
        if "ekost" not in context.meta:
            verb = getattr(context.command, "verb", None)
            words = " ".join(context.command_path.split()[1:])
            options = context.obj or Invocation()
            options.words = words
            context.meta["ekost"] = cls(options, verb.fields if verb else (), words)
        found: Context = context.meta["ekost"]
        return found

    # -- what was asked for

    @cached_property
    def settings(self) -> Settings:
        """The configuration. Raises ConfigError."""
        return load_settings()

    @property
    def property_code(self) -> str | None:
        """Code of the property to work on: `--property`, EKOST_PROPERTY, the configuration, or none; `-` is none."""
        code = self.options.property or self.settings.property
        return None if code == ALL else code

    def property_id(self, conn: "Connection") -> int | None:
        """The property that a list is about, or None for all. Raises PropertyNotFoundError."""
        from db.repositories.lookup import find_property

        return find_property(conn, self.property_code).id if self.property_code else None

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be kept."""
        return self.options.dry_run

    @property
    def key(self) -> str | None:
        """The idempotency key, if one was given."""
        return self.options.key

    def as_of(self, timezone: str = HOME_TIMEZONE) -> date | None:
        """The day of `--as-of`, or none. Raises DateError."""
        return self.day(self.options.as_of, timezone)

    def day(self, text: str | None, timezone: str = HOME_TIMEZONE) -> date | None:
        """A date as typed: `2026-03-01`, `today`, `yesterday`; None stays None. Raises DateError."""
        return None if text is None else parse_date(text, self.today(timezone))

    def amount(self, text: str, currency: str = HOME_CURRENCY) -> Decimal:
        """An amount as typed: `1500000`, `Rp1.500.000`, `1,5jt` (M4). Raises subclasses of AmountError."""
        from db.domain.money import parse_amount

        return parse_amount(text, language=current_language(), currency=currency)

    def today(self, timezone: str = HOME_TIMEZONE) -> date:
        """The day on the wall of a house in `timezone` (M3)."""
        from db.domain.dates import business_date

        return business_date(datetime.now(UTC), timezone)

    def may_repeat(self, error: EkostError) -> bool:
        """Whether the command may begin again: nothing of it is kept, or, with a key, it is kept once.

        An import has read its input by then, and goes on by itself.
        """
        database = self.__dict__.get("any_database")
        if self.words.startswith("import") or (database is not None and database.commits):
            return False
        return error.may_repeat or (self.key is not None and error.code == "connection_lost")

    # -- the book

    @cached_property
    def home(self) -> Path:
        """The folder of the bundled servers."""
        from db.embedded.driver import default_home

        return Path(self.settings.home).expanduser().absolute() if self.settings.home else default_home()

    @cached_property
    def cache(self) -> "Cache | None":
        """What is kept of lists and balances, or None. Raises CacheURLError, CacheSharedError."""
        if self.settings.cache_url is None:
            return None
        from db.cache.opening import open_cache

        return open_cache(self.settings, lambda: self.home)

    @cached_property
    def database(self) -> "Database":
        """The book: the configured one, or the bundled one, started and migrated if need be."""
        from db.migrations.runner import ensure_current

        ensure_current(self.any_database, automatic=self.settings.database_url is None)
        return self.any_database

    @cached_property
    def any_database(self) -> "Database":
        """The database whatever its schema is; for `ekost db` alone."""
        # One command, one connection, however many transactions it takes.
        return self._connect(pool_size=1, tell=self._warn)

    def open_database(self, pool_size: int, *, minded: bool = True) -> "Database":
        """The book for a process that stays, ready to use; called again where the connection was lost.

        What a failover lost is collected by its witness, to be told; who can tell nobody must not be `minded`.
        """
        from db.migrations.runner import ensure_current

        database = self._connect(pool_size, minded=minded)
        ensure_current(database, automatic=self.settings.database_url is None)
        return database

    def _connect(
        self, pool_size: int, *, minded: bool = True, tell: "Callable[[EkostError], None] | None" = None
    ) -> "Database":
        from db.engine import Database, Limits
        from db.metrics.collecting import COLLECTOR
        from db.settings_path import has_state, state_folder

        settings = self.settings
        if has_state():
            COLLECTOR.begin(state_folder(), self.words or "tui")  # which alone is opened without the parser
        limits = Limits(
            connect_timeout=settings.connect_timeout,
            statement_timeout=settings.statement_timeout * 1000,
            lock_timeout=settings.lock_timeout * 1000,
            pool_size=pool_size,
            insecure_tls=settings.insecure_tls,
            slow_query_ms=settings.slow_query_ms,
            slow_log=state_folder() / SLOW_LOG,
            timed=has_state(),
        )
        database = Database(settings.database_url or self._bundled_url(), limits)
        database.ask = self._ask_password
        if self.settings.cache_url is not None and self.words != "doctor" and self.cache is not None:
            from db.cache.keeper import Keeper

            database.keeper = Keeper(self.cache, minded=self.words != "worker")
        # What a worker does nobody has been told of; the book itself remembers it.
        if minded and self.words != "worker" and (settings.replica_urls or "," in database.hosts):
            from db.standbys import mind_standbys

            mind_standbys(database, (settings.replica_urls or "").split(), settings.replica_lag, tell)
        return database

    @contextmanager
    def transaction(self) -> Iterator["Connection"]:
        """One transaction, committed at the end; with `--dry-run` everything is done and then rolled back.

        What is shown inside is printed when it is committed: nobody reads of a payment that was not kept.
        """
        with self.printer.held(), self.database.transaction(dry_run=self.dry_run, ring=True) as conn:
            yield conn
        if self.dry_run:
            self.note(_("Nothing was kept: this was a dry run."))

    @contextmanager
    def reading(self) -> Iterator["Connection"]:
        """A read-only transaction in which everything is of one moment; on a replica, if this command may read one.

        It is over before its page is printed, so that a pager that is left open keeps no transaction; `--all` streams.
        """
        with nullcontext() if self.options.all else self.printer.held(), self._read() as conn:
            yield conn

    @contextmanager
    def _read(self) -> Iterator["Connection"]:
        replica = self._replica()
        if replica is None:
            with self.database.reading() as conn:
                yield conn
            return
        try:
            with replica.reading() as conn:
                yield conn
        except EkostError as error:
            from db.replicas import name_of

            replicas = self.any_database.replicas
            if replicas is not None and replicas.failed(replica, error):
                raise ReplicaLostError(place=name_of(replica)) from error
            raise

    def _replica(self) -> "Database | None":
        if not self.settings.replica_urls:
            return None
        from ekost_cli.routing import pick

        return pick(self)

    def _warn(self, error: EkostError) -> None:
        from ekost_cli.routing import warn_of

        warn_of(error, self.options.output)

    def _ask_password(self, place: str, user: str) -> str | None:
        if (place, user) not in self._passwords and self.may_ask:
            from ekost_cli.passwords import ask_password

            self._passwords[place, user] = ask_password(place, user)
        return self._passwords.get((place, user))

    def _bundled_url(self) -> str:
        from db.embedded.driver import ensure_postgres

        return ensure_postgres(self.home)

    # -- stdout

    @property
    def for_people(self) -> bool:
        """Whether stdout is read by a person (`table`), not by a program."""
        return self.printer.format == "table"

    def show(self, record: Any, fields: tuple[Field, ...] | None = None) -> None:
        """Print one thing: its lines for a person, the object in JSON."""
        self.printer.show(record, self.chosen(fields))

    def show_list(self, records: Iterable[Any], fields: tuple[Field, ...] | None = None) -> None:
        """Print a list that is complete."""
        self.printer.show_list(records, self.chosen(fields))

    def show_pages(self, read: PageReader, fields: tuple[Field, ...] | None = None) -> None:
        """Print a page of a list, or all of it with `--all`; `read(after, limit)` gets a page."""
        self.printer.show_pages(read, self.chosen(fields))

    def say(self, text: str) -> None:
        """Print a line for a person on stdout."""
        self.printer.out.write(safe(text) + "\n")

    def chosen(self, fields: tuple[Field, ...] | None) -> tuple[Field, ...]:
        """Those of the fields that the command line names, or all of them."""
        described = fields or self.printer.fields
        return chosen(self.options.fields, described) if self.options.fields else described

    # -- stderr

    def note(self, text: str) -> None:
        """Tell a person something beside the data; silent with `-q`."""
        self.printer.note(text)

    def verbose(self, text: str) -> None:
        """Tell what is going on, to who asked for it with `-v`."""
        if self.options.verbose:
            sys.stderr.write(safe(text) + "\n")

    def confirm(self, question: str) -> None:
        """Ask before something that can't be undone; `--yes` and `--dry-run` need no answer. Raises DeclinedError."""
        if self.options.yes or self.dry_run:
            return
        if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
            raise ConfirmationNeededError
        sys.stderr.write(safe(question) + " " + _("[y/N]") + " ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes", "ya"}:
            raise DeclinedError
