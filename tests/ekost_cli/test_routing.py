"""Which commands may read a replica, and how that is told."""

import pytest

from db.settings import known_settings
from ekost_cli.examples import all_verbs
from ekost_cli.grammar import Takes
from ekost_cli.registry import READ_ANYWHERE
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
