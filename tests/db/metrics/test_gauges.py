"""Numbers that are worth a curve are those of the book, of the cache's server, and of the processes that live."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db.cache.stats import KindRow
from db.metrics.exposition import HELP, exposed
from db.metrics.machine import cache_misses, cache_requests
from db.metrics.processes import connections
from db.metrics.sink import DURATIONS
from db.repositories.business import read_business
from db.repositories.gauges import Gauge, read_gauges, read_more
from db.repositories.overview import Overview
from db.services.payments import record_payment
from locales.weighing import weights
from tests.db.services.clock import travel
from tests.db.services.house import House

TODAY = date(2026, 3, 20)


def named(gauges: object, metric: str) -> dict[str, float]:
    return {gauge.about: gauge.value for gauge in gauges if gauge.metric == metric}  # type: ignore[attr-defined]


def test_each_property_is_told_as_the_overview_has_it_and_without_its_payments(house: House, conn: Connection) -> None:
    travel(conn, TODAY)
    house.room("A2", capacity=2)
    budi = house.let(date(2026, 2, 10), number="A1")
    house.let(date(2026, 3, 1), name="Ani", number="A2")
    record_payment(conn, budi, Decimal(250_000), TODAY)
    known = {(gauge.metric, gauge.about): gauge for gauge in read_business(conn)}
    assert ("ekost_month_income_amount", "KOSA") not in known  # never summarised
    conn.execute(text("refresh materialized view monthly_business_summary"))
    known = {(gauge.metric, gauge.about): gauge for gauge in read_business(conn)}
    (total,) = Overview(conn, TODAY).totals()
    values = {metric.removeprefix("ekost_"): gauge.value for (metric, _about), gauge in known.items()}
    assert values == {
        "tenants": total.beds_taken, "beds": total.beds, "rooms": total.rooms, "rooms_occupied": total.occupied,
        "debtors": total.behind, "outstanding_amount": total.owed, "credit_amount": total.credit,
        "month_charged_amount": total.charged, "month_income_amount": total.received,
    }  # fmt: skip
    assert (values["tenants"], values["debtors"], values["month_income_amount"]) == (2, 2, 250_000)
    line = 'ekost_outstanding_amount{property="KOSA",currency="IDR"} 4250000'
    assert line in exposed(known.values(), ()).splitlines()


def test_the_book_tells_of_its_partitions_imports_and_queues(house: House, conn: Connection) -> None:
    house.tenant()
    assert set(named(read_more(conn), "ekost_partition_months_ahead")) == {"audit_log", "events", "payments"}
    before = named(read_more(conn), "ekost_partition_months_ahead")["payments"]
    conn.execute(
        text("""do $$ declare last name;
      begin select name into last from partitions where parent = 'payments' order by first desc nulls last limit 1;
      execute format('drop table %I', last); end $$""")
    )
    assert named(read_more(conn), "ekost_partition_months_ahead")["payments"] == before - 1 == 2

    conn.execute(
        text("""insert into imports (kind, file_name, file_hash, state, rows_total, rows_applied, rows_skipped,
      rows_rejected) values ('rooms', 'a.csv', repeat('a', 64), 'done', 9, 4, 3, 2)""")
    )
    assert named(read_more(conn), "ekost_import_rows_total") == {"applied": 4, "skipped": 3, "rejected": 2}

    conn.execute(
        text("""update deliveries set state = 'done', done_at = event_at + interval '3 seconds'
                          where consumer = 'audit'""")
    )
    assert named(read_gauges(conn), "ekost_queue_processing_seconds") == {"audit": pytest.approx(3)}
    assert all(gauge.metric in HELP for gauge in (*read_gauges(conn), *read_more(conn)))


def test_processes_that_live_are_added_up_and_others_forgotten(tmp_path: Path) -> None:
    now = time.time()
    said = [
        (now - 90, "tui:1:in_use", 9), (now - 40, "tui:2:in_use", 3), (now - 10, "tui:2:in_use", 1),
        (now - 10, "tui:3:in_use", 2), (now - 10, "tui:3:size", 7), (now - 10, "metrics serve:4:idle", 1),
    ]  # fmt: skip
    lines = [f"{at:.6f}\t{name}\t\t{count}\tpool\n" for at, name, count in said]
    (tmp_path / DURATIONS).write_text("".join(lines))
    assert list(connections(tmp_path)) == [
        Gauge("ekost_db_pool_connections", 1, "process", "metrics serve", (("state", "idle"),)),
        Gauge("ekost_db_pool_connections", 3, "process", "tui", (("state", "in_use"),)),
        Gauge("ekost_db_pool_size", 7, "process", "tui"),
    ]


def test_questions_to_the_cache_are_told_by_kind_and_texts_by_language() -> None:
    rows = [KindRow("tenant-list", 30, 10, 2, 0, 75, 7), KindRow("all", 30, 10, 2, 4, 75, 7)]
    lines = exposed([*cache_requests(rows), *cache_misses(rows)], ()).splitlines()
    assert [line for line in lines if not line.startswith("#")][:6] == [
        "ekost_cache_errors_total 4", 'ekost_cache_keys{kind="tenant-list"} 7', "ekost_cache_miss_ratio 0.25",
        'ekost_cache_requests_total{kind="tenant-list",result="hits"} 30',
        'ekost_cache_requests_total{kind="tenant-list",result="misses"} 10',
        'ekost_cache_requests_total{kind="tenant-list",result="refused"} 2',
    ]  # fmt: skip
    assert "# TYPE ekost_cache_requests_total counter" in lines
    assert {weight.language: weight.bytes > 50_000 for weight in weights()} == {"id": True, "en": True}
