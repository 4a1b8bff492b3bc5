"""Which commands may read a replica, and how that is told."""

import json

import pytest

from db.settings import known_settings
from db.witness import LostKeyError
from ekost_cli.examples import all_verbs
from ekost_cli.grammar import Takes
from ekost_cli.registry import READ_ANYWHERE
from ekost_cli.routing import warn_of
from tests.ekost_cli.conftest import Ekost


def test_only_lists_that_there_are_and_that_change_nothing_may_read_a_replica() -> None:
    verbs = dict(all_verbs())
    assert verbs.keys() >= READ_ANYWHERE
    assert [words for words in READ_ANYWHERE if verbs[words].takes & (Takes.DRY_RUN | Takes.KEY | Takes.YES)] == []


@pytest.mark.parametrize(
    "words", ["balance show", "balance explain", "payment show", "check", "doctor", "worker", "tui", "tenant move-out"]
)
def test_what_is_looked_at_before_money_changes_hands_reads_the_primary(words: str) -> None:
    assert words in dict(all_verbs())
    assert words not in READ_ANYWHERE


def test_an_address_of_a_replica_that_makes_no_sense_is_told_without_it(ekost: Ekost, database_url: str) -> None:
    assert known_settings()["replica_urls"].metadata["secret"]
    given = {
        "EKOST_DATABASE_URL": database_url,
        "EKOST_REPLICA_URLS": "postgresql://kos@r1/kos mysql://kos:hush@r2/kos",
    }
    done = ekost("tenant", "list", **given)
    assert (done.returncode, done.stdout) == (2, "")
    assert "EKOST_REPLICA_URLS" in done.stderr
    assert "hush" not in done.stderr


LOST = {"at": "2026-03-01T05:00:00+00:00", "key": "trx-77", "number": 17, "tenant": None, "currency": None}
PAYMENT = {"what": "PaymentRecorded", "tenant": "BUDI", "about": {"amount": "250000.00", "date": "2026-03-01"}}


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (PAYMENT, "Payment recorded: 17, BUDI, Rp250,000, 01/03/2026"),
        ({"what": "record_payment", "tenant": "BUDI", "about": {}}, "Payment recorded: 17, BUDI"),
        ({"what": "TenantAdded", "tenant": "BUDI", "about": {"code": "BUDI"}}, "Tenant added: BUDI"),
        ({"what": "RoomAdded", "about": {"number": "A1", "monthlyRent": "900000.00"}}, "Room added: A1, Rp900,000"),
    ],
)
def test_what_was_lost_is_told_so_that_it_can_be_found_and_repeated(
    lost: dict[str, object], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of(LostKeyError(**LOST | lost), None)
    what, how = capsys.readouterr().err.splitlines()
    assert what.startswith(f"ekost: warning: Lost in a failover: “{told}”, acknowledged 1 Mar 2026 12:00 WIB,")
    assert "trx-77" in how
    warn_of(LostKeyError(**LOST | lost), "json")
    warning = json.loads(capsys.readouterr().err)["warning"]
    assert (warning["code"], warning["details"]["key"], warning["details"]["at"]) == (
        "write_lost",
        "trx-77",
        LOST["at"],
    )
