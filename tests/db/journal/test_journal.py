"""A journal is read by the real hledger and the real beancount, and comes to the same figures as our book."""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from db.demo.small import load_small_demo
from db.engine import Database
from db.journal import accounts
from db.journal.writing import Span, journal
from db.repositories.lookup import find_property
from db.services.cash import count_cash, void_cash
from tests.db.wanderer import Wanderer

Sums = dict[str, Decimal]

# Another process: importing beancount patches the interpreter, and the suite is not to depend on it.
_BEANCOUNT = """
import json, sys
from beancount import loader
from beancount.core.data import Transaction
entries, errors, _ = loader.load_string(sys.stdin.read())
sums = {}
for entry in entries:
    for posting in entry.postings if isinstance(entry, Transaction) else ():
        key = posting.account + " " + posting.units.currency
        sums[key] = str(__import__("decimal").Decimal(sums.get(key, "0")) + posting.units.number)
print(json.dumps([[str(error.message) for error in errors], sums]))
"""


def by_hledger(lines: str) -> Sums:
    """What every account comes to; strictly checked, assertions included."""
    words = [str(shutil.which("hledger")), "-f", "-"]
    subprocess.run([*words, "check", "--strict"], input=lines, text=True, check=True, timeout=60)
    done = subprocess.run(
        [*words, "balance", "--flat", "--no-total", "--empty", "-O", "csv"],
        input=lines, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = {}
    for account, balance in list(csv.reader(done.stdout.splitlines()))[1:]:
        number, _, currency = balance.partition(" ")
        found[f"{account} {currency or 'IDR'}"] = Decimal(number)
    return found


def by_beancount(lines: str) -> Sums:
    done = subprocess.run(
        [sys.executable, "-c", _BEANCOUNT], input=lines, capture_output=True, text=True, check=True, timeout=60
    )
    errors, sums = json.loads(done.stdout)
    assert errors == []
    return {account: Decimal(amount) for account, amount in sums.items()}


READERS = (
    pytest.param("hledger", by_hledger, marks=pytest.mark.skipif(not shutil.which("hledger"), reason="no hledger")),
    pytest.param("beancount", by_beancount),
)
_OURS = """
select 'Assets:Receivable:' || p.code || ':' || t.code || ' ' || p.currency, b.outstanding_balance
  from balances b join tenants t on t.id = b.tenant_id join properties p on p.id = t.property_id
union all
select 'Liabilities:Deposits:' || p.code || ':' || t.code || ' ' || p.currency, -b.deposit_held
  from balances b join tenants t on t.id = b.tenant_id join properties p on p.id = t.property_id
union all
select 'Assets:' || case x.method when 'transfer' then 'Bank' else initcap(x.method) end || ':' || p.code || ' '
       || p.currency, sum(x.amount)
  from (select method, property_id, amount from payments where method <> 'deposit'
        union all select method, property_id, -amount from expenses
        union all select method, property_id, -amount from charges where method is not null
        union all select method, property_id, case kind when 'received' then amount else -amount end
                    from deposit_entries where method is not null
        union all select 'cash', property_id, difference from cash_standings(null, null, null)) x
  join properties p on p.id = x.property_id group by x.method, p.code, p.currency
union all
select 'Expenses:' || initcap(x.category) || ':' || p.code || ' ' || p.currency, sum(x.amount)
  from expenses x join properties p on p.id = x.property_id where x.category <> 'transfer'
 group by x.category, p.code, p.currency
"""


def ours(conn: Connection) -> Sums:
    """Balances, deposits held and money by method, as the book has them."""
    return {account: amount for account, amount in conn.execute(text(_OURS)) if amount}


def compared(found: Sums) -> Sums:
    """The accounts of a journal that our book has figures for."""
    kinds = ("Assets:Receivable", "Liabilities:Deposits", "Assets:Cash", "Assets:Bank", "Assets:Qris", "Assets:Ewallet",
             "Assets:Other", "Expenses")  # fmt: skip
    return {account: amount for account, amount in found.items() if account.startswith(kinds) and amount}


def written(conn: Connection, syntax: str, span: Span | None = None) -> str:
    return "".join(f"{line}\n" for line in journal(conn, syntax, "E-Kost", span or Span()))


@pytest.mark.parametrize(("syntax", "read"), READERS)
def test_the_demo_comes_to_the_same_figures(database: Database, syntax: str, read: Callable[[str], Sums]) -> None:
    load_small_demo(database)
    with database.transaction() as conn:
        kosa = find_property(conn, "KOSA")
        void_cash(conn, count_cash(conn, kosa, Decimal(1)), "not all of it")
    with database.reading() as conn:
        whole = read(written(conn, syntax))
        assert compared(whole) == ours(conn)
        assert sum(whole.values()) == 0
        # What was before a day is one entry: what is there at the end is the same.
        late = read(written(conn, syntax, Span(since=date(2026, 6, 1))))
        assert compared(late) == ours(conn)
        rents = [amount for account, amount in late.items() if account.startswith("Income:Rent:KOSA")]
        asked = (
            "select -sum(amount) from charges where kind = 'rent' and property_id = 1 and charged_on >= '2026-06-01'"
        )
        assert rents == [conn.execute(text(asked)).scalar_one()]


@pytest.mark.parametrize(("syntax", "read"), READERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_ledger_of_chance_comes_to_the_same_figures(
    conn: Connection, syntax: str, read: Callable[[str], Sums], seed: int
) -> None:
    machine = Wanderer(conn, seed)
    machine.wander(120)
    assert compared(read(written(conn, syntax))) == ours(conn)
    kinds = set(conn.execute(text("select distinct kind from charges")).scalars())
    assert kinds >= {"rent", "opening", "credit", "refund"}
    assert conn.execute(text("select count(*) from expenses where reverses_id is not null")).scalar_one() > 0


NASTY = 'Ani "x" \\ ; date:2020-01-01 [2020-01-01] {1 USD} @ 5 | =0 * ! (A) #t ^l type:X, 李 Žá'


@pytest.mark.parametrize(("syntax", "read"), READERS)
def test_words_of_people_are_words_and_nothing_else(conn: Connection, syntax: str, read: Callable[[str], Sums]) -> None:
    conn.execute(text("insert into properties (code, name, currency) values ('0-_A', 'Kos', 'USD')"))
    conn.execute(
        text("insert into tenants (property_id, code, name) select id, '-_X_', :name from properties"), {"name": NASTY}
    )
    tenant = conn.execute(text("select id from tenants")).scalar_one()
    told = text("select post_charge(:tenant, 'other', '2026-01-10', '2026-01-10', 12.34, :words)")
    conn.execute(told, {"tenant": tenant, "words": NASTY})
    found = read(written(conn, syntax))
    assert found == {
        "Assets:Receivable:0-uA:0x-uXu USD": Decimal("12.34"), "Income:Other:0-uA USD": Decimal("-12.34")
    }  # fmt: skip


@given(st.text(), st.text("AB0_-", min_size=1, max_size=6), st.text("AB0_-", min_size=1, max_size=6))
def test_names_of_accounts_are_safe_and_never_two_codes_in_one(words: str, one: str, other: str) -> None:
    assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9-]*", accounts.part(one))
    assert (accounts.part(one) == accounts.part(other)) == (one == other)
    assert not set(accounts.harmless(words)) & set('":;,|\\[]{}()*!@=#^~%<>\n\r\t')
