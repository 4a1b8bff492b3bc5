"""All balances listed, beside two programs that keep books in text files: hledger and ledger, of Debian's packages."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from bench.gauge import connect, note, seconds, span, tell
from db.engine import Database

# With the amount brought forward so many transactions a tenant.
KEPT = 9

# What a tenant had before the last entries, and these: the same balances as in the book.
_JOURNAL = f"""
with entries as (
  select tenant_id, day, amount, row_number() over (partition by tenant_id order by day desc) as ago
    from (select tenant_id, charged_on as day, amount from charges where charged_on > current_date - 300
          union all
          select tenant_id, payment_date, -amount from payments where payment_date > current_date - 300) e
), kept as (
  select tenant_id, day, amount from entries where ago <= {KEPT}
), forward as (
  select b.tenant_id, date '2000-01-01' as day, b.outstanding_balance - coalesce(k.amount, 0) as amount
    from balances b
    left join (select tenant_id, sum(amount) as amount from kept group by tenant_id) k using (tenant_id)
)
select day, t.code, amount from (select * from kept union all select * from forward) x
  join tenants t on t.id = x.tenant_id order by day
"""  # noqa: S608 - a number of our own
_QUERY = """
select t.code, t.name, b.total_charges, b.total_payments, b.outstanding_balance
  from balances b join tenants t on t.id = b.tenant_id order by b.outstanding_balance desc, b.tenant_id desc
"""


def measure_ledgers(database: Database, home: Path) -> None:
    """The command as a whole process, and the query alone, against both programs on the same balances."""
    journal = home.parent / "book.journal"
    note(f"{_write(database, journal):,} transactions, {journal.stat().st_size >> 20} MB of text")
    ekost = [str(Path(sys.executable).with_name("ekost")), "balance", "list", "--all", "-o", "tsv"]
    environ = {**os.environ, "EKOST_HOME": str(home), "HOME": str(home.parent)}
    ours, total = _best(ekost, _of_tsv, environ)
    with connect(database) as raw:
        alone = sorted(seconds(lambda: raw.execute(_QUERY, prepare=True).fetchall()) for _ in range(5))[2]
    note(f"ekost balance list --all -o tsv {span(ours)}, the query alone {span(alone)}")
    for name, arguments, least in (
        ("hledger", ["bal", "--flat", "-N", "Tenants"], 40),
        ("ledger", ["bal", "--flat", "--no-total", "Tenants"], 10),
    ):
        if shutil.which(name) is None:
            note(f"{name} is not installed")
            continue
        peer, told = _best([name, "-f", str(journal), *arguments], _of_text, environ, runs=1)
        if told != total:
            raise SystemExit(f"{name} has {told} in all, ekost {total}")
        for what, mine, wanted in (("all balances, process", ours, least), ("all balances, query alone", alone, 100)):
            tell(
                f"{what}: {name} to ours",
                span(mine),
                span(peer),
                peer / mine,
                f">= {wanted}",
                met=peer >= wanted * mine,
            )


def _best(
    command: list[str], total: Callable[[str], Decimal], environ: dict[str, str], runs: int = 3
) -> tuple[float, Decimal]:
    """The middle time of some runs of a whole process, and the sum of the balances that it printed."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        done = subprocess.run(
            command, env=environ, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        found.append(time.perf_counter() - begun)
    return sorted(found)[runs // 2], total(done.stdout)


def _write(database: Database, journal: Path) -> int:
    """Write the balances as a million transactions that lead to them; how many there are."""
    count = 0
    with (
        connect(database) as raw,
        raw.transaction(),
        raw.cursor("journal") as cursor,
        journal.open("w", encoding="utf-8") as file,
    ):
        cursor.itersize = 20_000
        for day, code, amount in cursor.execute(_JOURNAL):
            file.write(f"{day} entry\n    Tenants:{code}    {amount}\n    Rent\n\n")
            count += 1
    return count


def _of_tsv(text: str) -> Decimal:
    head, *lines = text.splitlines()
    place = head.split("\t").index("outstanding_balance")
    return sum((Decimal(line.split("\t")[place]) for line in lines), Decimal(0))


def _of_text(text: str) -> Decimal:
    return sum((Decimal(line.split()[0]) for line in text.splitlines()), Decimal(0))
