"""Rent that has become due is posted while the screens are open, as commands do it before they show balances.

Without it whoever lives in the screens would look at the balances of the day on which a worker or a command last ran.
It waits until the book has given its first answer, so that no row comes later for it.
"""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from db.errors import EkostError, RuleError, UnreachableError
from locales.catalogs import N_
from tui.link import State
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.app import EkostApp

# Minutes between two looks: midnight is a multiple of them in every time zone.
EVERY = 15


class MuchDueError(RuleError):
    """Too much is due to be posted on the way."""

    code = "much_due"
    message = N_("More than {count} leases have rent to post: run `ekost billing run`.")


class NotPostedError(EkostError):
    """Due rent could not be posted: a role that may only read, a standby server, a fault of ours."""

    code = "not_posted"
    message = N_("Rent that is due could not be posted ({name}).")
    hint = N_("Balances are as they were; `ekost billing run` posts it.")


class Accruing:
    """Told of every second; looks once after opening and then now and again, since days change under open screens."""

    def __init__(self, app: "EkostApp") -> None:
        self._app = app
        self._looked_at: datetime | None = None
        self._complained_on: date | None = None

    def tick(self) -> None:
        """Look if it is time; never where nothing may be changed."""
        book, now = self._app.book, datetime.now(UTC)
        at = now.replace(minute=now.minute // EVERY * EVERY, second=0, microsecond=0)
        if at != self._looked_at and book.link.state is State.UP and not book.read_only:
            self._looked_at = at
            start(self._app, self._look, "accruing")

    async def _look(self) -> None:
        try:
            if await self._app.book.ask(_is_due):
                await self._app.book.change(_post)
        except UnreachableError:
            self._looked_at = None  # the next second is as good
        except EkostError as error:
            self._complain(NotPostedError(name=error.code) if error.code == "not_allowed" else error)
        except Exception as error:
            # Who can only read should read, and not lose the screens for a courtesy.
            self._complain(NotPostedError(name=type(error).__name__))

    def _complain(self, error: EkostError) -> None:
        """Tell once a day."""
        if self._complained_on != (today := datetime.now(UTC).date()):
            self._complained_on = today
            self._app.tell(error)


def _is_due(conn: "Connection") -> bool:
    """Whether there is something to post. Raises MuchDueError."""
    from db.services.billing import LITTLE, count_due

    due = count_due(conn, most=LITTLE + 1)
    if due > LITTLE:
        raise MuchDueError(count=LITTLE)
    return bool(due)


def _post(conn: "Connection") -> None:
    from db.services.billing import LITTLE, accrue

    accrue(conn, limit=LITTLE)
