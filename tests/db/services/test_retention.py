"""Old years leave the book and come back, and whatever is asked meanwhile is answered truly or not at all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from db.engine import Database, PartitionDetachedError
from db.repositories.audit import Audit
from db.repositories.balances import Balances
from db.repositories.checks.runner import find_checks, left_out, run_checks
from db.repositories.lookup import find_tenant
from db.repositories.partitions import Partitions
from db.services.audit import append_events
from db.services.balances import reconcile
from db.services.closings import close_month
from db.services.payments import record_payment
from db.services.retention import (
    AuditUnsealedError,
    PartitionGoneError,
    PartitionNeededError,
    PartitionNotClosedError,
    PartitionNotFoundError,
    PartitionThereError,
    PartitionYoungError,
    attach,
    detach,
    find_partitions,
    retain_audit,
)
from db.services.reversals import void_payment
from db.services.summaries import refresh_summaries
from tests.db.services.house import House

YEAR = datetime.now(UTC).year - 3
NAME = f"payments_{YEAR}"
LAST_MONTH = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)


@pytest.fixture
def book(database: Database) -> Database:
    """Budi paid through the year, one of it taken back today; Sari paid then and since, Tono only since."""
    with database.transaction() as conn:
        house = House.build(conn)
        budi, sari, tono = (house.tenant(name) for name in ("Budi", "Sari", "Tono"))
        wrong = record_payment(conn, budi, Decimal(500), date(YEAR, 2, 1))
        for tenant, day in ((budi, date(YEAR, 1, 1)), (budi, date(YEAR, 12, 31)), (sari, date(YEAR, 7, 7)),
                            (sari, date(YEAR + 1, 7, 7)), (tono, date(YEAR + 1, 1, 1))):  # fmt: skip
            record_payment(conn, tenant, Decimal(1000), day)
        void_payment(conn, wrong, "another's")
    refresh_summaries(database)
    return database


@pytest.fixture
def closed(book: Database) -> Database:
    close_month(book, LAST_MONTH)
    return book


def taken(conn: Connection, ref: str) -> list[tuple[str, int, str]]:
    return [tuple(detach(conn, row)) for row in find_partitions(conn, ref)]


def told(conn: Connection) -> tuple[object, ...]:
    """What reports say, besides lists of single payments."""
    conn.execute(text("refresh materialized view monthly_business_summary"))
    months = text("select property_id, month, received, payments from monthly_business_summary order by 1, 2")
    aged = Balances(conn).aging()
    return (
        tuple(map(tuple, conn.execute(months))),
        [row[:-2] for row in Balances(conn).page(sort="name").items],
        aged.items,
    )


def test_only_what_is_closed_and_old_is_detached(book: Database) -> None:
    with book.transaction(dry_run=True) as conn:
        with pytest.raises(PartitionNotClosedError) as refused:
            taken(conn, NAME)
        assert refused.value.fields["count"] == 2
        for ref, error in ((f"payments_{LAST_MONTH:%Y_%m}", PartitionYoungError), ("1999", PartitionNotFoundError),
                           ("events_default", PartitionNeededError), ("payments_default", PartitionNeededError),
                           ("charges", PartitionNotFoundError)):  # fmt: skip
            with pytest.raises(error):
                taken(conn, ref)


def test_without_its_rows_every_balance_and_report_is_what_it_was(closed: Database) -> None:
    with closed.transaction() as conn:
        before = told(conn)
        rows = conn.execute(text("select * from payments order by id")).all()
        assert taken(conn, str(YEAR)) == [(NAME, 4, f"detached_{NAME}")]
    assert reconcile(closed)[1:] == (0, 0, 0)
    with closed.transaction() as conn:
        assert told(conn) == before
        assert list(run_checks(conn, find_checks([]))) == []
        conn.execute(text("delete from balance_closings"))
        assert list(run_checks(conn, find_checks(["balances_match_ledger", "standings_match_ledger"]))) == []
        listed = {row.name: (row.rows, row.detached) for row in Partitions(conn).rows()}
        assert listed[f"detached_{NAME}"] == (4, True)
        assert listed[NAME] == (3, False)  # a sum for each of two, and what was taken back today
    with closed.transaction() as conn:
        assert attach(conn, NAME) == (NAME, 4, NAME)
        with pytest.raises(PartitionThereError):
            attach(conn, NAME)
        assert conn.execute(text("select * from payments order by id")).all() == rows
        assert told(conn) == before
        assert list(run_checks(conn, find_checks([]))) == []
    close_month(closed, LAST_MONTH)
    with closed.transaction(dry_run=True) as conn:
        assert taken(conn, NAME) == [(NAME, 4, f"detached_{NAME}")]  # once more


def test_what_only_its_rows_could_tell_is_refused(closed: Database) -> None:
    with closed.transaction() as conn:
        sari = find_tenant(conn, "SARI")
        gone = conn.execute(text("select min(id) from payments where tenant_id = :id"), {"id": sari.id}).scalar_one()
        taken(conn, NAME)
    standing = "select id from payments where reference = :name limit 1"
    for ask in (
        lambda conn: record_payment(conn, sari, Decimal(1), date(YEAR, 3, 3)),
        lambda conn: void_payment(conn, gone, "x"),
        lambda conn: void_payment(conn, conn.execute(text(standing), {"name": NAME}).scalar_one(), "x"),
        lambda conn: Balances(conn).row_as_of(sari.id, date(YEAR, 12, 30)),
        lambda conn: taken(conn, NAME),
    ):
        with pytest.raises(PartitionDetachedError) as refused, closed.transaction(dry_run=True) as conn:
            ask(conn)
        assert refused.value.fields["name"] == NAME
    with closed.reading() as conn:
        for day in (date(YEAR, 12, 31), date(YEAR - 1, 12, 31)):
            Balances(conn).row_as_of(sari.id, day)


def test_a_table_that_was_moved_elsewhere_is_missed(closed: Database) -> None:
    with closed.transaction(dry_run=True) as conn:
        taken(conn, NAME)
        conn.execute(text(f"drop table detached_{NAME}"))
        checks = find_checks([])
        assert list(run_checks(conn, checks)) == []
        missed = {name for name, partition in left_out(conn, checks) if partition == NAME}
        assert {"reversals_negate_originals", "events_own_their_entries"} <= missed
        assert "balances_match_ledger" not in missed
        with pytest.raises(PartitionGoneError):
            attach(conn, NAME)


@pytest.fixture
def audited(database: Database) -> Iterator[Connection]:
    """Six events: two of the old year, and one about midnight after it that was appended between them."""
    at = [datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC),
          datetime(YEAR, 12, 31, 23, 59, tzinfo=UTC), datetime(YEAR + 1, 5, 5, tzinfo=UTC)]  # fmt: skip
    with database.transaction(dry_run=True) as conn:
        for number, instant in enumerate(at, 1):
            values = {"id": 900_000 + number, "at": instant}
            conn.execute(text("select ensure_partition('events', cast(:at as date))"), values)
            conn.execute(text("insert into events (id, type, entity_type, entity_id, recorded_at, payload)"
                              " values (:id, 'PropertyAdded', 'property', 1, :at, '{}')"), values)  # fmt: skip
            append_events(conn, [(values["id"], instant)])
        yield conn


def test_the_audit_stays_sealed_without_its_old_years(audited: Connection) -> None:
    audit, noted = Audit(audited), Audit(audited).head()
    first = audited.execute(text("select position, hash from audit_log order by position limit 1")).one()
    assert taken(audited, f"audit_log_{YEAR}") == [(f"audit_log_{YEAR}", 2, f"detached_audit_log_{YEAR}")]
    cuts = audited.execute(text("select first_position, last_position from audit_cuts order by 1")).all()
    assert [tuple(cut) for cut in cuts] == [(1, 1), (3, 3)]
    assert list(audit.verify(noted=noted)) == []
    assert list(audit.verify(since=datetime(YEAR + 1, 2, 2, tzinfo=UTC))) == []
    assert list(audit.verify(noted=type(noted)(*first))) == []
    for broken in ("update audit_cuts set hash = sha256('x') where last_position = 3",
                   "delete from audit_cuts where last_position = 1"):  # fmt: skip
        with audited.begin_nested() as undone:
            audited.execute(text(broken))
            assert list(audit.verify()), broken
            undone.rollback()
    attach(audited, f"audit_log_{YEAR}")
    assert list(audit.verify(noted=noted)) == []


def test_the_audit_of_years_long_past_leaves_by_itself_where_that_is_wanted(database: Database) -> None:
    today = datetime.now(UTC).date()
    with database.transaction() as conn:
        conn.execute(text("select ensure_partition('audit_log', make_date(:year, 5, 5))"), {"year": YEAR})
    assert retain_audit(database, 0, today) == []
    assert retain_audit(database, 3, today) == []
    assert [moved.name for moved in retain_audit(database, 2, today)] == [f"audit_log_{YEAR}"]
    assert retain_audit(database, 2, today) == []


def test_an_audit_that_is_not_whole_stays(audited: Connection) -> None:
    audited.execute(text("alter table audit_log disable trigger append_only"))
    audited.execute(text(f"alter table audit_log_{YEAR} disable trigger append_only"))
    audited.execute(text("update audit_log set actor = 'somebody else' where position = 1"))
    with pytest.raises(AuditUnsealedError):
        taken(audited, f"audit_log_{YEAR}")


def test_every_partition_is_of_utc_and_guarded_whenever_it_was_made(database: Database) -> None:
    with database.transaction(dry_run=True) as conn:
        conn.execute(text("set local timezone = 'Asia/Jakarta'"))
        make = text("select ensure_partition(:parent, cast(:day as date))")
        for parent in ("payments", "events", "audit_log"):
            for day in ("1999-12-31", "2011-01-01", f"{YEAR + 10}-06-30"):
                conn.execute(make, {"parent": parent, "day": day})
        taken(conn, "payments_1999")
        taken(conn, "audit_log_2011")
        bounds = """
            select c.relname, pg_get_expr(c.relpartbound, c.oid) from pg_inherits i
              join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
             where p.relname in ('payments', 'events', 'audit_log')"""
        conn.execute(text("set local timezone = 'UTC'"))
        partitions = {row.relname: row.pg_get_expr for row in conn.execute(text(bounds))}
        assert {"payments_1999", "payments_2011", "events_1999", "audit_log_2011"} <= set(partitions)
        for name, bound in partitions.items():
            assert bound == "DEFAULT" or name.startswith("payments") or bound.count("00:00:00+00") == 2, (name, bound)
        for name in (*partitions, "detached_payments_1999", "detached_audit_log_2011"):
            guards = "select tgtype from pg_trigger where tgrelid = cast(:name as regclass) and tgenabled = 'O'"
            kinds = list(conn.execute(text(guards), {"name": name}).scalars())
            assert any(kind & 27 == 27 for kind in kinds), name
            with pytest.raises(Exception, match="append-only"), conn.begin_nested():
                conn.execute(text(f"truncate {name} cascade"))
