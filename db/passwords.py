"""Passwords that no address holds. libpq has looked at PGPASSWORD and ~/.pgpass by itself before anybody asks here.

A password that is typed into a command line or a file of ours is seen by others; so there is no option for one.
"""

import importlib
from collections.abc import Callable

from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from db.connecting import DatabaseUnreachableError
from db.errors import N_, UsageError

# Who is asked: by the place of a database and a login. None: nobody knows.
Ask = Callable[[str, str], str | None]
# What libpq and the server say; both speak English to who has no connection yet, unless lc_messages says otherwise.
_WANTED = ("no password supplied",)
_REFUSED = ("password authentication failed", "no pg_hba.conf entry", "is not permitted to log in", " does not exist")


class PasswordNeededError(UsageError):
    """The server asks for a password, and nobody is there who knows it."""

    code = "password_needed"
    message = N_("The database at {place} asks for the password of {user}.")
    hint = N_("Keep it in ~/.pgpass, or in the keyring: keyring set {service} {user}")


class LoginRefusedError(DatabaseUnreachableError):
    """The server knows no such login or database, or the password is another one."""

    code = "login_refused"
    message = N_("The database at {place} does not let you in.")
    hint = N_("Check user, password and database: EKOST_DATABASE_URL, ~/.pgpass, the keyring; and pg_hba.conf there.")


def is_wanted(error: OperationalError) -> bool:
    """Whether a connection failed only because a password was missing."""
    return any(sign in str(error.orig) for sign in _WANTED)


def refusal_of(error: OperationalError, place: str) -> DatabaseUnreachableError | None:
    """What to tell where a login was refused, or None where a connection failed for another reason."""
    return LoginRefusedError(place=place) if any(sign in str(error.orig) for sign in _REFUSED) else None


def password_for(url: URL, place: str, ask: Ask | None) -> str:
    """The password of the keyring, or of who is asked. Raises PasswordNeededError."""
    user = url.username or _usual_user()
    password = from_keyring(place, user) or (ask(place, user) if ask is not None else None)
    if not password:
        raise PasswordNeededError(place=place, user=user, service=service_of(place))
    return password


def service_of(place: str) -> str:
    """The name under which the keyring knows a database."""
    return f"postgresql://{place}"


def from_keyring(place: str, user: str) -> str | None:
    """The password in the keyring; None without one, and without the extra `keyring`."""
    try:
        found = importlib.import_module("keyring").get_password(service_of(place), user)
    except Exception:
        # It is not installed, this machine has none, it is locked; and what stands behind it fails in ways of its own.
        return None
    return found if isinstance(found, str) else None


def _usual_user() -> str:
    from psycopg import pq  # noqa: PLC0415 - it is loaded already, but this module may be loaded without

    defaults = {option.keyword: option.val for option in pq.Conninfo.get_defaults()}
    return (defaults.get(b"user") or b"").decode(errors="replace")
