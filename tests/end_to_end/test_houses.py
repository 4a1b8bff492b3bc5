"""Houses with a billing policy, another money or another clock, and what they show without being asked to bill."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tests.end_to_end.kos import Kos

# 250 leases of one day, for which nothing is posted.
MANY = """
with rooms as (
  insert into rooms (property_id, number, monthly_rent, status_on)
    select 1, 'M' || n, 1, '2026-03-01' from generate_series(1, 250) n returning id, number
), tenants as (
  insert into tenants (property_id, code, name)
    select 1, 'M' || n, 'Many' from generate_series(1, 250) n returning id, code
), leases as (
  insert into leases (property_id, tenant_id, room_id, starts_on, basis, grace_days, proration, rounding,
                      next_period_on, billed_from_on)
    select 1, t.id, r.id, '2026-04-01', 'per_tenant', 0, 'daily', 1, '2026-04-01', '2026-04-01'
      from tenants t join rooms r on r.number = t.code returning id
)
insert into lease_terms (lease_id, effective_on, monthly_rent, billing_day) select id, '2026-04-01', 1, 1 from leases
"""


def test_a_property_with_a_billing_day_bills_everybody_on_it(kos: Kos) -> None:
    kos.travel("2026-03-20")
    kos.house("A1", "A2", "A3", billing_day="5", grace_days="3", rounding="500")
    kos.tenant("Budi", "A1", since="2026-03-05")
    kos.tenant("Ani", "A2", since="2026-03-15")
    kos.tenant("Cici", "A3", "--billing-day", "20", since="2026-03-20")
    charges = {item["tenant"]: item for item in kos.items("charge", "list")}
    assert (charges["BUDI"]["amount"], charges["BUDI"]["due_on"]) == ("1500000.00", "2026-03-08")
    # 21 of 31 days, to the next 500.
    assert (charges["ANI"]["amount"], charges["ANI"]["period_end"]) == ("1016000.00", "2026-04-05")
    assert (charges["CICI"]["amount"], charges["CICI"]["period_end"]) == ("1500000.00", "2026-04-20")
    kos.do("property", "edit", "KOSA", "--billing-day", "10", "--grace-days", "0")
    kos.travel("2026-04-05")
    kos.do("billing", "run")
    later = {item["tenant"]: item for item in kos.items("charge", "list", "--from", "2026-04-05")}
    assert {code: item["due_on"] for code, item in later.items()} == {"BUDI": "2026-04-08", "ANI": "2026-04-08"}
    kos.assert_sound()


def test_a_house_in_dollars_counts_cents(kos: Kos) -> None:
    kos.travel("2026-06-15")
    kos.house("U1", "U2", rent="450.50", code="KOSU", currency="usd", billing_day="1")
    kos.tenant("John", "U1", since="2026-04-16", code="KOSU")
    assert [item["amount"] for item in kos.items("charge", "list")] == ["450.50", "450.50", "225.25"]
    assert kos.get("payment", "add", "JOHN", "USD 1,000.25")["outstanding_balance"] == "126.00"
    kos.refused(2, "amount_invalid", "payment", "add", "JOHN", "Rp100.000")
    assert kos.get("room", "edit", "U2", "--rent", "475.25")["monthly_rent"] == "475.25"
    moved = kos.get("tenant", "move", "JOHN", "U2", "--on", "2026-06-10")
    assert (moved["credit"], moved["charge"]) == ("315.35", "332.68")
    assert "US$143.33" in kos.do("balance", "list", "-o", "table")
    assert "US$143,33" in kos.do("balance", "list", "-o", "table", "--lang", "id")
    assert kos.get("property", "edit", "KOSU", "--rounding", "0.05")["rounding"] == "0.05"
    kos.assert_sound()


def test_the_day_is_that_of_the_house(kos: Kos) -> None:
    zones = ("Pacific/Kiritimati", "Asia/Jayapura", "Asia/Jakarta", "Pacific/Pago_Pago")
    for n, zone in enumerate(zones):
        kos.house("A1", code=f"KOS{n}", timezone=zone)
        kos.tenant("Budi", "A1", code=f"KOS{n}")
    days = {zone: datetime.now(UTC).astimezone(ZoneInfo(zone)).date().isoformat() for zone in zones}
    started = {item["property"]: item["starts_on"] for item in kos.items("lease", "list")}
    assert [started[f"KOS{n}"] for n in range(4)] == list(days.values())
    for n, zone in enumerate(zones):
        here = ("--property", f"KOS{n}")
        paid = kos.get("payment", "add", "BUDI", "1.500.000", "--on", "today", *here)
        assert paid["payment_date"] == days[zone]
        assert kos.items("balance", "aging", *here)[0]["total"] == paid["outstanding_balance"] == "0.00"
        assert kos.get("balance", "show", "BUDI", "--as-of", "today", *here)["outstanding_balance"] == "0.00"
    assert days["Pacific/Kiritimati"] > days["Pacific/Pago_Pago"]
    ahead = ("--on", days["Pacific/Kiritimati"], "--property", "KOS3")
    kos.refused(5, "date_in_future", "payment", "add", "BUDI", "1000", *ahead)
    kos.assert_sound()


def test_a_mistyped_fortune_is_credit_and_can_be_taken_back(kos: Kos) -> None:
    kos.house("A1", rent="1")
    kos.tenant("Budi", "A1")
    paid = kos.get("payment", "add", "BUDI", "999999999999")
    assert paid["outstanding_balance"] == "-999999999998.00"
    (shown,) = kos.items("balance", "list")
    assert shown["status"] == "credit"
    assert shown["paid_through_on"] > "2199"
    kos.assert_sound()
    kos.do("payment", "void", str(paid["id"]), "--reason", "mistyped")
    assert kos.balance("BUDI") == "1.00"
    kos.assert_sound()


def test_a_sum_that_no_book_holds_is_refused(kos: Kos) -> None:
    kos.house("A1", rent="999999999999")
    kos.tenant("Budi")
    kos.refused(5, "sum_too_large", "tenant", "assign", "BUDI", "A1", "--from", "1990-01-01")


def test_shown_balances_are_of_today_without_a_run(kos: Kos) -> None:
    kos.travel("2026-03-01")
    kos.house("A1", "A2")
    kos.tenant("Budi", "A1", since="2026-03-01")
    kos.tenant("Ani", "A2", since="2026-03-01")
    shows = (
        lambda: Decimal(kos.balance("BUDI")),
        lambda: Decimal(kos.get("tenant", "show", "BUDI")["outstanding_balance"]),
        lambda: next(
            Decimal(row["outstanding_balance"]) for row in kos.items("balance", "list") if row["tenant"] == "BUDI"
        ),
        lambda: next(
            Decimal(row["outstanding_balance"]) for row in kos.items("tenant", "list") if row["code"] == "BUDI"
        ),
        lambda: next(Decimal(row["total"]) for row in kos.items("balance", "aging") if row["tenant"] == "BUDI"),
        lambda: Decimal(kos.get("balance", "explain", "BUDI")["items"][-1]["balance"]),
        lambda: sum((Decimal(row["amount"]) for row in kos.items("charge", "list", "--tenant", "BUDI")), Decimal(0)),
    )
    for month, show in enumerate(shows, 4):
        kos.travel(f"2026-{month:02}-01")
        assert show() == 1_500_000 * (month - 2), month
    kos.assert_sound()


def test_when_much_is_due_a_list_says_so_and_a_single_balance_is_still_right(kos: Kos) -> None:
    kos.travel("2026-03-01")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-03-01")
    with kos.database.transaction() as conn:
        conn.execute(text(MANY))
    kos.travel("2026-04-01")
    told = kos.run("balance", "list", "--limit", "500")
    assert told.err == "More than 200 leases have rent to post: run `ekost billing run`.\n"
    assert kos.balance("BUDI") == "3000000.00"
    preview = kos.get("billing", "preview")["items"]
    run = kos.get("billing", "run")
    assert run["charges"] == len(preview) == 250
    assert kos.run("balance", "list", "--limit", "500").err == ""
    kos.assert_sound()
