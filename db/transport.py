"""What a connection over a network must be: encrypted, to the server that it names, with the password never in clear.

libpq's own default, `sslmode=prefer`, takes whatever answers, so that whoever sits between reads the book and changes
it. Sockets and loopback stay on the machine and are left as they are.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from db.addresses import is_here
from db.connecting import DatabaseUnreachableError
from db.errors import N_, UsageError

VERIFIED = "verify-full"
# The server proves with it that it knows the password as well; md5 and clear text give it away to who asks for it.
_PROOF = "scram-sha-256"
# It means the folder for which the libpq in psycopg's wheel was built, and no machine has that one.
_SYSTEM = "system"
_AUTHORITIES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),  # Debian, Alpine, Arch
    Path("/etc/pki/tls/certs/ca-bundle.crt"),  # Fedora
    Path("/etc/ssl/ca-bundle.pem"),  # openSUSE
    Path("/etc/ssl/cert.pem"),  # macOS
)
# What libpq says where the server, or somebody in its place, has no certificate that counts. It has one language.
_UNPROVEN = (
    "certificate verify failed",
    "server certificate for",
    "server does not support SSL",
    "root certificate file",
    "could not load system root certificate",
)
_OTHER_PROOF = "authentication method requirement"


class InsecureDatabaseError(UsageError):
    """The address asks for a connection over a network that others could read or take over."""

    code = "insecure_database"
    message = N_("The connection to {place} would not be safe: sslmode={mode}.")
    hint = N_("Leave sslmode out of the address, or allow it: EKOST_INSECURE_TLS=true.")


class DatabaseUntrustedError(DatabaseUnreachableError):
    """Over TLS the server could not prove who it is, or it speaks none; it has been sent nothing."""

    code = "database_untrusted"
    message = N_("The server at {place} did not prove that it is the one that is named.")
    hint = N_("Add the certificate that it is to be known by to the address: ?sslrootcert=FILE")


class DatabaseProofError(DatabaseUnreachableError):
    """The server asks for a password in clear text or md5, or for none."""

    code = "database_proof"
    message = N_("The server at {place} does not ask for the password by SCRAM.")
    hint = N_("Let it: password_encryption, pg_hba.conf. Or add to the address what it asks for: ?require_auth=md5")


def secured(url: URL, *, insecure: bool, environ: Mapping[str, str] = os.environ) -> URL:
    """The address with what makes the connection safe, where it leaves the machine and does not say otherwise.

    With `insecure` it may say otherwise. Raises InsecureDatabaseError.
    """
    hosts = _hosts(url, environ)
    if all(map(is_here, hosts)):
        return url
    mode = _said(url, "sslmode") or environ.get("PGSSLMODE") or VERIFIED
    if mode != VERIFIED and not insecure:
        raise InsecureDatabaseError(place=",".join(hosts), mode=mode)
    wanted = {"sslmode": mode}
    if "sslcert" not in url.query:  # with a certificate of the client's there may be no password at all
        wanted["require_auth"] = environ.get("PGREQUIREAUTH") or _PROOF
    root = _root(url, environ)
    if mode == VERIFIED and root:
        wanted["sslrootcert"] = root
    kept = {name for name in wanted if _said(url, name) not in ("", _SYSTEM)}
    return url.update_query_dict({name: value for name, value in wanted.items() if name not in kept})


def distrust_of(error: OperationalError, place: str) -> DatabaseUnreachableError | None:
    """What to tell where a connection failed for want of a proof, or None where it failed for another reason."""
    told = str(error.orig)
    if _OTHER_PROOF in told:
        return DatabaseProofError(place=place)
    return DatabaseUntrustedError(place=place) if any(sign in told for sign in _UNPROVEN) else None


def authorities(environ: Mapping[str, str] = os.environ) -> str:
    """The file of the authorities that this machine trusts; `system` where none of the usual ones is there."""
    given = environ.get("SSL_CERT_FILE")
    return given or next((str(path) for path in _AUTHORITIES if path.exists()), _SYSTEM)


def _hosts(url: URL, environ: Mapping[str, str]) -> Sequence[str]:
    """Every host that libpq might connect to; nothing at all is a socket."""
    named = ",".join(filter(None, (url.host, _said(url, "host"), _said(url, "hostaddr"))))
    if not named and (service := _said(url, "service") or environ.get("PGSERVICE")):
        return [f"service={service}"]  # its file may name any host; for a socket the parameters below mean nothing
    return [host for host in (named or _from_environment(environ)).split(",") if host]


def _from_environment(environ: Mapping[str, str]) -> str:
    return ",".join(filter(None, map(environ.get, ("PGHOST", "PGHOSTADDR"))))


def _root(url: URL, environ: Mapping[str, str]) -> str:
    """Certificates to compare with: those named, or those of the machine; "" where libpq finds somebody's own."""
    named = _said(url, "sslrootcert") or environ.get("PGSSLROOTCERT") or ""
    own = Path(environ.get("HOME") or "/") / ".postgresql" / "root.crt"
    if not named and own.exists():
        return ""
    return named if named not in ("", _SYSTEM) else authorities(environ)


def _said(url: URL, name: str) -> str:
    said = url.query.get(name, "")
    return said if isinstance(said, str) else ",".join(said)
