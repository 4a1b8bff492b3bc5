"""The log, searched and verified. Whoever tampers is the owner of the tables, with all guards off."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from db.domain.chain import Finding, Head
from db.repositories.audit import CANONICAL, Audit
from db.repositories.lookup import find_tenant
from db.services.payments import record_payment
from tests.db.repositories.walk import tell
from tests.db.services.house import RENT, House

ROWS = 12


@pytest.fixture
def logged(conn: Connection) -> Connection:
    """A log of twelve rows, open to its owner."""
    house = House.build(conn)
    house.room()
    for name in ("Ani", "Budi", "Cici", "Dodi", "Euis"):
        house.tenant(name)
    for name in ("Ani", "Ani", "Budi", "Cici", "Dodi"):
        record_payment(conn, find_tenant(conn, name), RENT)
    tell(conn)
    for table in ("audit_log", "audit_head"):
        conn.execute(text(f"alter table {table} disable trigger user"))
    assert (Audit(conn).head().position, found(conn)) == (ROWS, [])
    return conn


def found(conn: Connection, **asked: Any) -> list[Finding]:
    return list(Audit(conn).verify(**asked))


def event_at(conn: Connection, position: int) -> int:
    return int(conn.execute(text("select event_id from audit_log where position = :p"), {"p": position}).scalar_one())


def run(conn: Connection, statement: str, **values: object) -> None:
    conn.execute(text(statement), values)


SEAL = f"update audit_log set hash = sha256(previous_hash || {CANONICAL}) where position = :p"  # noqa: S608
ALTER = "update audit_log set after = jsonb_set(after, '{amount}', '\"1.00\"') where position = :p"
LINK = "update audit_log set previous_hash = (select hash from audit_log where position = :p) where event_id = :e"
COPY = """
insert into audit_log
select :p, event_id + 1000000, occurred_at + make_interval(secs => :later), recorded_at, operation, entity_type,
       entity_id, property_id, tenant_id, actor, before, after, details, previous_hash, hash
  from audit_log where position = :q
"""


@pytest.mark.parametrize(
    "change",
    [
        "after = '{}'",
        "before = '{}'",
        'details = details || \'{"amount": "1.00"}\'',
        "actor = 'somebody'",
        "operation = 'RoomAdded'",
        "entity_type = 'room'",
        "entity_id = entity_id + 1",
        "property_id = null",
        "tenant_id = null",
        "event_id = event_id + 1000000",
        "occurred_at = occurred_at - interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 month'",
        "hash = sha256(hash)",
        "previous_hash = sha256(hash)",
    ],
)
def test_any_altered_value_is_named(logged: Connection, change: str) -> None:
    run(logged, f"update audit_log set {change} where position = 9")  # noqa: S608
    assert found(logged) == [Finding(9, 9, "altered", event_at(logged, 9))]


@pytest.mark.parametrize("position", [1, 9, ROWS])
def test_a_row_that_is_sealed_anew_is_named_by_who_follows_it(logged: Connection, position: int) -> None:
    run(logged, "update audit_log set actor = 'somebody' where position = :p", p=position)
    run(logged, SEAL, p=position)
    assert found(logged) == [Finding(position, position, "replaced", event_at(logged, position))]


def test_two_rows_that_change_places_are_named(logged: Connection) -> None:
    for old, new in ((5, 100), (8, 5), (100, 8)):
        run(logged, "update audit_log set position = :new where position = :old", old=old, new=new)
    assert [(one.position, one.problem) for one in found(logged)] == [(5, "altered"), (8, "altered")]


def test_removed_rows_are_named_from_the_first_to_the_last(logged: Connection) -> None:
    run(logged, "delete from audit_log where position in (1, 5, 6, 7)")
    assert found(logged) == [Finding(1, 1, "removed"), Finding(5, 7, "removed")]


def test_a_tail_that_was_cut_off_is_named(logged: Connection) -> None:
    run(logged, "delete from audit_log where position > 9")
    assert found(logged) == [Finding(10, ROWS, "removed")]


def test_an_emptied_log_is_named(logged: Connection) -> None:
    run(logged, "delete from audit_log")
    assert found(logged) == [Finding(1, ROWS, "removed")]


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(("position", "source", "later"), [(8, 3, -1), (8, 8, 1), (ROWS, ROWS, 1), (ROWS, ROWS, -1)])
def test_a_forged_row_is_told_from_the_one_whose_place_it_claims(
    logged: Connection, position: int, source: int, later: int, sealed: bool
) -> None:
    """Earlier or later than the true one, and sealed behind the right row or not at all."""
    forged = event_at(logged, source) + 1_000_000
    run(logged, COPY, p=position, q=source, later=later)
    if sealed:
        run(logged, LINK, p=position - 1, e=forged)
        run(logged, SEAL.replace("position = :p", "event_id = :p"), p=forged)
    assert found(logged) == [Finding(position, position, "inserted", forged)]


def test_a_forged_row_behind_the_last_one_is_named(logged: Connection) -> None:
    run(logged, COPY, p=ROWS + 1, q=3, later=0)
    run(logged, "update audit_log set previous_hash = (select hash from audit_head) where position = :p", p=ROWS + 1)
    run(logged, SEAL, p=ROWS + 1)
    assert found(logged) == [Finding(ROWS + 1, ROWS + 1, "inserted")]


def seal_all_anew(conn: Connection, first: int) -> None:
    """From a row on, each behind the one before, up to the head."""
    positions = conn.execute(text("select position from audit_log where position >= :p order by 1"), {"p": first})
    for position in list(positions.scalars()):
        before = "select hash from audit_log where position < :p order by position desc limit 1"
        if position > 1:
            run(conn, f"update audit_log set previous_hash = ({before}) where position = :p", p=position)  # noqa: S608
        run(conn, SEAL, p=position)
    run(conn, "update audit_head set (position, hash) = (select position, hash from audit_log order by 1 desc limit 1)")


def test_a_gap_is_named_even_where_everything_behind_it_was_sealed_anew(logged: Connection) -> None:
    run(logged, "delete from audit_log where position = 9")
    seal_all_anew(logged, 10)
    assert found(logged) == [Finding(9, 9, "removed")]


def test_a_first_row_that_names_another_one_is_named(logged: Connection) -> None:
    run(logged, "update audit_log set previous_hash = sha256('') where position = 1")
    seal_all_anew(logged, 1)
    assert found(logged) == [Finding(1, 1, "altered", event_at(logged, 1))]


def test_a_log_sealed_anew_to_its_end_is_told_by_a_head_noted_elsewhere(logged: Connection) -> None:
    noted, early = (
        Audit(logged).head(),
        Head(4, bytes(logged.execute(text("select hash from audit_log where position = 4")).scalar_one())),
    )
    run(logged, ALTER, p=9)
    seal_all_anew(logged, 9)
    assert found(logged) == []
    assert found(logged, noted=early) == []
    assert found(logged, noted=noted) == [Finding(1, ROWS, "rewritten")]


def test_a_head_further_on_than_the_log_is_told(logged: Connection) -> None:
    run(logged, "delete from audit_log where position > 10")
    run(logged, "update audit_head set position = 10, hash = (select hash from audit_log where position = 10)")
    assert found(logged) == []
    assert found(logged, noted=Head(ROWS, bytes(32))) == [Finding(1, ROWS, "rewritten")]


def test_every_one_of_many_wrong_rows_is_named(logged: Connection) -> None:
    for position in (2, 3, 7):
        run(logged, "update audit_log set actor = 'somebody' where position = :p", p=position)
    run(logged, SEAL, p=7)
    run(logged, "delete from audit_log where position in (5, 12)")
    assert [(one.position, one.problem) for one in found(logged)] == [
        (2, "altered"), (3, "altered"), (5, "removed"), (7, "replaced"), (12, "removed"),
    ]  # fmt: skip


def test_from_a_day_on_only_later_rows_are_looked_at(logged: Connection) -> None:
    run(logged, "update audit_log set occurred_at = occurred_at - interval '40 days' where position <= 6")
    long_ago, lately = (datetime.now(UTC) - timedelta(days=days) for days in (90, 1))
    assert [one.position for one in found(logged, since=long_ago)] == [1, 2, 3, 4, 5, 6]
    assert found(logged, since=lately) == []
    run(logged, "update audit_log set actor = 'somebody' where position = 8")
    run(logged, "delete from audit_log where position = 12")
    assert [one.position for one in found(logged, since=lately)] == [8, 12]
    assert [one.position for one in found(logged, since=datetime.now(UTC) + timedelta(days=1))] == [12]


def test_pages_follow_the_instants_across_months_and_touch_only_those_asked_for(logged: Connection) -> None:
    run(logged, "select ensure_partition('audit_log', date '2026-03-01' + 31 * m) from generate_series(0, 5) m")
    run(
        logged,
        "update audit_log set occurred_at = timestamptz '2026-03-01 00:00+00' + (13 - position) * interval '9 days'",
    )
    log = Audit(logged)
    everything = log.page(limit=50).items
    assert [row.position for row in everything] == list(range(1, ROWS + 1))
    pages = [log.page(limit=5)]
    while pages[-1].next is not None:
        pages.append(log.page(after=pages[-1].next, limit=5))
    assert [row for page in pages for row in page.items] == everything
    april, may = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    calls: list[tuple[Any, ...]] = []
    event.listen(logged, "before_cursor_execute", lambda *call: calls.append(call))
    assert log.page(since=april, until=may).items == [row for row in everything if april <= row.occurred_at < may]
    _, _, statement, values, *_ = calls[0]
    plan = "\n".join(logged.exec_driver_sql(f"explain {statement}", values).scalars())
    assert set(re.findall(r"audit_log_(?:[0-9_]+[0-9]|default)", plan)) == {"audit_log_2026_04"}


def test_a_page_holds_what_concerns_a_tenant_a_thing_or_an_actor(logged: Connection) -> None:
    log, ani = Audit(logged), find_tenant(logged, "Ani")
    own = log.page(tenant_id=ani.id).items
    assert [(row.operation, row.tenant, row.property) for row in own] == [
        ("PaymentRecorded", "ANI", "KOSA"), ("PaymentRecorded", "ANI", "KOSA"), ("TenantAdded", "ANI", "KOSA"),
    ]  # fmt: skip
    assert [row.operation for row in log.page(entity=("tenant", ani.id)).items] == ["TenantAdded"]
    run(logged, "update audit_log set actor = 'somebody' where position = 7")
    assert [row.position for row in log.page(actor="somebody").items] == [7]
    assert log.page(property_id=ani.property_id + 1).items == []
    assert log.page(tenant_id=ani.id, limit=2).next is not None
