"""Deliveries: claimed by one worker at a time, counted before they are tried, ended once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from db import outbox
from db.engine import Database
from db.outbox import Delivery, claim, clear_done, complete, due, fail, hold, postpone, renew
from db.policies import AUDIT, BALANCES, Policy

CONSUMER = "balances"
_FILL = text("""
with told as (
  insert into events (type, entity_type, entity_id, payload)
  select 'Test', 'test', n, '{}' from generate_series(1, :count) n returning id, recorded_at
)
insert into deliveries (event_id, event_at, consumer, tenant_id, max_attempts)
select id, recorded_at, :consumer, id, :attempts from told
""")


def fill(conn: Connection, count: int, consumer: str = CONSUMER) -> None:
    attempts = {CONSUMER: BALANCES, "audit": AUDIT}[consumer].attempts
    conn.execute(_FILL, {"count": count, "consumer": consumer, "attempts": attempts})


def later(conn: Connection) -> None:
    """All leases and pauses are over."""
    conn.execute(text("update deliveries set not_before = now() - interval '1 second' where state <> 'done'"))


def told(conn: Connection, delivery: Delivery) -> tuple[str, int, str | None]:
    found = conn.execute(
        text("select state, attempts, last_error from deliveries where event_id = :id and consumer = :to"),
        {"id": delivery.event_id, "to": delivery.consumer},
    ).one()
    return found.state, found.attempts, found.last_error


def wait_of(conn: Connection, delivery: Delivery) -> float:
    query = text("select extract(epoch from not_before - now()) from deliveries where event_id = :id")
    return float(conn.execute(query, {"id": delivery.event_id}).scalar_one())


def test_claims_what_has_waited_longest_and_counts_the_attempt(conn: Connection) -> None:
    fill(conn, 5)
    conn.execute(text("update deliveries set not_before = now() - event_id * interval '1 second'"))
    ids = conn.execute(text("select event_id from deliveries order by event_id")).scalars().all()
    claimed = claim(conn, CONSUMER, 2)
    assert [delivery.event_id for delivery in claimed] == ids[-2:]
    assert [told(conn, delivery) for delivery in claimed] == [("leased", 1, None)] * 2
    assert wait_of(conn, claimed[0]) == pytest.approx(BALANCES.lease)


def test_due_counts_what_may_be_claimed_now(conn: Connection) -> None:
    fill(conn, 3)
    fill(conn, 2, "audit")
    assert due(conn, (CONSUMER, "audit", "other")) == {CONSUMER: 3, "audit": 2}
    assert due(conn, (CONSUMER,), most=2) == {CONSUMER: 2}
    claim(conn, CONSUMER, 1)
    assert due(conn, (CONSUMER,)) == {CONSUMER: 2}
    later(conn)
    assert due(conn, (CONSUMER,)) == {CONSUMER: 3}


def test_wide_and_narrow_events_are_claimed_apart(conn: Connection) -> None:
    fill(conn, 4)
    conn.execute(text("update deliveries set tenant_id = null where event_id % 2 = 0"))
    wide = claim(conn, CONSUMER, 10, wide=True)
    assert len(wide) == 2
    assert {delivery.tenant_id for delivery in wide} == {None}
    assert None not in {delivery.tenant_id for delivery in claim(conn, CONSUMER, 10, wide=False)}
    assert claim(conn, CONSUMER, 10) == []


@contextmanager
def other(database: Database) -> Iterator[Connection]:
    with Database(database.url).transaction() as conn:
        yield conn


def test_two_claimers_at_once_never_get_the_same(database: Database) -> None:
    with database.transaction() as conn:
        fill(conn, 10)
    with database.transaction() as one, other(database) as two:
        first, second = claim(one, CONSUMER, 4), claim(two, CONSUMER, 10)
        assert (len(first), len(second)) == (4, 6)
        assert not set(first) & set(second)


def test_a_claim_that_is_being_worked_on_is_passed_over(database: Database) -> None:
    with database.transaction() as conn:
        fill(conn, 2)
        claimed = claim(conn, CONSUMER, 1)
        later(conn)
    with database.transaction() as one, other(database) as two:
        assert hold(one, claimed) == claimed
        assert len(claim(two, CONSUMER, 10)) == 1


def test_a_lost_claim_is_taken_over_and_the_first_worker_keeps_nothing(conn: Connection) -> None:
    fill(conn, 1)
    slow = claim(conn, CONSUMER, 10)
    assert claim(conn, CONSUMER, 10) == []
    later(conn)
    quick = claim(conn, CONSUMER, 10)
    assert [delivery.attempts for delivery in quick] == [2]
    assert hold(conn, slow) == []
    assert hold(conn, quick) == quick
    fail(conn, slow[0], "too late")
    assert told(conn, quick[0]) == ("leased", 2, None)
    complete(conn, quick)
    assert hold(conn, quick) == []
    assert told(conn, quick[0])[0] == "done"


@pytest.mark.parametrize("policy", [BALANCES, AUDIT], ids=lambda policy: policy.queue)
def test_failures_wait_as_the_policy_says_and_then_it_is_dead(conn: Connection, policy: Policy) -> None:
    fill(conn, 1, policy.queue)
    pauses = []
    for _ in range(policy.attempts):
        later(conn)
        (delivery,) = claim(conn, policy.queue, 1)
        fail(conn, delivery, "x" * 600)
        pauses.append(wait_of(conn, delivery))
    assert pauses[:-1] == pytest.approx(policy.pauses)
    assert told(conn, delivery) == ("dead", policy.attempts, "x" * 500)
    later(conn)
    assert claim(conn, policy.queue, 1) == []


def test_one_that_kills_its_workers_is_dead_in_the_end_and_takes_no_other_with_it(conn: Connection) -> None:
    fill(conn, 120)
    poison = int(conn.execute(text("select event_id from deliveries order by 1 offset 60 limit 1")).scalar_one())
    sizes = []
    for _ in range(40):
        later(conn)
        claimed = claim(conn, CONSUMER, 100)
        if poison in {delivery.event_id for delivery in claimed}:
            sizes.append(len(claimed))  # and so the worker dies
        else:
            complete(conn, claimed)
    assert sizes == [100, 10, 1, 1]
    rest = conn.execute(text("select event_id, state, last_error from deliveries where state <> 'done'")).all()
    assert [tuple(row) for row in rest] == [(poison, "dead", outbox.LOST)]


def test_postponed_it_has_not_been_tried(conn: Connection) -> None:
    fill(conn, 1)
    claimed = hold(conn, claim(conn, CONSUMER, 1))
    postpone(conn, claimed, 7)
    assert told(conn, claimed[0]) == ("ready", 0, None)
    assert wait_of(conn, claimed[0]) == pytest.approx(7)
    assert hold(conn, claimed) == []


def test_a_renewed_lease_begins_anew(conn: Connection) -> None:
    fill(conn, 1)
    claimed = claim(conn, CONSUMER, 1)
    later(conn)
    renew(conn, hold(conn, claimed))
    assert wait_of(conn, claimed[0]) >= BALANCES.lease
    assert hold(conn, claimed) == claimed


def test_clears_what_has_long_been_done_and_nothing_else(conn: Connection) -> None:
    fill(conn, 4)
    ready, dead, *done = claim(conn, CONSUMER, 4)
    complete(conn, done)
    postpone(conn, [ready], 0)
    conn.execute(text("update deliveries set state = 'dead' where event_id = :id"), {"id": dead.event_id})
    assert clear_done(conn) == 0
    conn.execute(text("update deliveries set done_at = done_at - interval '8 days' where state = 'done'"))
    assert clear_done(conn, older_than_days=9) == 0
    assert clear_done(conn, most=1) == 1
    assert clear_done(conn) == 1
    assert set(conn.execute(text("select state from deliveries")).scalars()) == {"ready", "dead"}
