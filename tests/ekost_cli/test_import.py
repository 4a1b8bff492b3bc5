"""`ekost import` as scripts and people use it: files, pipes, exit codes, the file to mend."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.engine import Database
from tests.ekost_cli.conftest import EKOST

Run = Callable[..., subprocess.CompletedProcess[str]]

THREE = "penyewa,jumlah,tanggal,metode\nBUDI,1500000,2026-02-01,tunai\nANI,750000,2026-02-02,\nNOBODY,1,2026-02-30,\n"


@pytest.fixture
def kos(database: Database, environment: dict[str, str], tmp_path: Path) -> Run:
    """The command in a folder of its own, on a book with KOSA, room A1, Budi and Ani."""
    with database.transaction() as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos Melati')"))
        conn.execute(text("insert into rooms (property_id, number, monthly_rent) values (1, 'A1', 1500000)"))
        conn.execute(
            text("insert into tenants (property_id, code, name) values (1, 'BUDI', 'Budi'), (1, 'ANI', 'Ani')")
        )

    def run(*words: str, stdin: str | bytes = "", **variables: str) -> subprocess.CompletedProcess[str]:
        body = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [EKOST, *words], input=body, cwd=tmp_path, capture_output=True, timeout=120, check=False,
            env=environment | {"EKOST_DATABASE_URL": database.url} | variables,
        )  # fmt: skip
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def write(folder: Path, content: str | bytes, name: str = "p.csv") -> str:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def parsed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return dict(json.loads(done.stdout))


def test_a_file_goes_in_and_the_figures_come_out(kos: Run, tmp_path: Path) -> None:
    done = kos("import", "payments", write(tmp_path, THREE), "-o", "json")
    assert done.returncode == 6
    row = parsed(done)
    assert list(row) == [
        "id", "kind", "file_name", "file_hash", "state", "rows_total", "rows_applied", "rows_skipped", "rows_rejected",
        "created_at", "finished_at",
    ]  # fmt: skip
    assert (row["state"], row["rows_total"], row["rows_applied"], row["rows_rejected"]) == ("done", 3, 2, 1)
    assert "1 row was rejected: `ekost import errors 1` tells why" in done.stderr
    assert "No worker is running" in done.stderr
    assert kos("check").returncode == 0


def test_the_same_file_again_does_nothing_and_says_so(kos: Run, tmp_path: Path) -> None:
    name = write(tmp_path, THREE)
    assert kos("import", "payments", name, "-q", "-o", "id").stdout == "1\n"
    again = kos("import", "payments", name, "-o", "json")
    assert (again.returncode, parsed(again)["id"]) == (0, 1)
    assert "This file was imported before, as number 1: nothing was done." in again.stderr
    assert len(json.loads(kos("payment", "list", "-o", "json").stdout)["items"]) == 2


def test_rows_come_through_a_pipe(kos: Run) -> None:
    done = kos("import", "payments", "-", "--amounts", "id", "--dates", "dmy", "-o", "json",
               stdin="tenant\tamount\tdate\nBUDI\t1.500.000,00\t01/02/2026\n")  # fmt: skip
    assert (done.returncode, parsed(done)["file_name"], parsed(done)["rows_applied"]) == (0, "-", 1)
    listed = json.loads(kos("payment", "list", "-o", "json").stdout)["items"][0]
    assert (listed["amount"], listed["payment_date"], listed["import_id"]) == ("1500000.00", "2026-02-01", 1)


def test_rejected_rows_are_told_in_the_readers_language(kos: Run, tmp_path: Path) -> None:
    kos("import", "payments", write(tmp_path, THREE))
    listed = json.loads(kos("import", "errors", "1", "-o", "json").stdout)["items"]
    assert [list(error) for error in listed] == [["line", "column", "code", "message", "value"]] * 2
    found = {error["column"]: error for error in listed}
    assert found["penyewa"]["message"] == "There is no tenant NOBODY."
    assert (found["tanggal"]["line"], found["tanggal"]["code"], found["tanggal"]["value"]) == (
        4, "date_invalid", "2026-02-30",
    )  # fmt: skip


def test_the_file_to_mend_is_mended_and_imported(kos: Run, tmp_path: Path) -> None:
    kos("import", "payments", write(tmp_path, THREE))
    broken = kos("import", "errors", "1", "-o", "csv").stdout
    (header, row) = list(csv.reader(StringIO(broken)))
    assert header == ["line", "column", "code", "message", "value", "penyewa", "jumlah", "tanggal", "metode"]
    assert row[:3] == ["4", "penyewa, tanggal", "tenant_not_found, date_invalid"]
    assert row[5:] == ["NOBODY", "1", "2026-02-30", ""]
    mended = broken.replace('"NOBODY","1","2026-02-30"', '"ANI","1","2026-02-28"')
    done = kos("import", "payments", write(tmp_path, mended, "mended.csv"), "-o", "json")
    assert (done.returncode, parsed(done)["rows_applied"]) == (0, 1)
    assert "not read" not in done.stderr
    plain = kos("import", "errors", "1", "-o", "csv", "--fields", "line,code").stdout
    assert plain.splitlines()[0] == "line,code"


def test_a_hundred_rejected_rows_are_all_in_the_file_to_mend(kos: Run, tmp_path: Path) -> None:
    kos("import", "payments", write(tmp_path, "tenant,amount,date\n" + "NOBODY,=1+1,2026-02-01\n" * 120))
    lines = kos("import", "errors", "1", "-o", "csv").stdout.splitlines()
    assert len(lines) == 121
    assert lines[1].endswith('"NOBODY","\'=1+1","2026-02-01"'), "a spreadsheet must not compute it"
    again = kos("import", "payments", "-", "-o", "json", stdin="\n".join(lines).replace("NOBODY", "BUDI"))
    assert parsed(again)["rows_rejected"] == 120
    assert json.loads(kos("import", "errors", "2", "-o", "json").stdout)["items"][0]["message"].startswith("“=1+1”")


def test_tenants_and_rooms(kos: Run, tmp_path: Path) -> None:
    rooms = write(tmp_path, "nomor,sewa\nB1,1000000\nB2,1.000.000\n", "rooms.csv")
    assert kos("import", "rooms", rooms, "--property", "KOSA").returncode == 6
    people = write(tmp_path, "nama,kamar,tanggal masuk,kota\nDewi,B1,2026-03-01,Bandung\n", "tenants.csv")
    done = kos("import", "tenants", people, "-o", "json")
    assert (done.returncode, parsed(done)["rows_applied"]) == (0, 1)
    assert "Columns that were not read: kota." in done.stderr
    assert json.loads(kos("tenant", "show", "DEWI", "-o", "json").stdout)["room"] == "B1"
    refused = kos("import", "undo", "1", "--yes")
    assert refused.returncode == 5
    assert "in use are KOSA/B1" in refused.stderr
    assert kos("check").returncode == 0


def test_an_import_is_taken_back_and_may_come_again(kos: Run, tmp_path: Path) -> None:
    name = write(tmp_path, THREE)
    kos("import", "payments", name)
    assert kos("import", "undo", "1").returncode == 2, "nobody is there to confirm"
    tried = kos("import", "undo", "1", "--dry-run", "-o", "json")
    assert parsed(tried)["state"] == "undone"
    assert parsed(kos("import", "show", "1", "-o", "json"))["state"] == "done"
    assert parsed(kos("import", "undo", "1", "--yes", "-o", "json"))["state"] == "undone"
    assert kos("import", "undo", "1", "--yes").returncode == 5
    assert parsed(kos("import", "payments", name, "-o", "json"))["rows_applied"] == 2
    assert [row["state"] for row in json.loads(kos("import", "list", "-o", "json").stdout)["items"]] == [
        "done",
        "undone",
    ]
    assert kos("check").returncode == 0


def test_a_dry_run_shows_everything_and_keeps_nothing(kos: Run, tmp_path: Path) -> None:
    done = kos("import", "payments", write(tmp_path, THREE), "--dry-run", "-o", "json")
    assert (done.returncode, parsed(done)["rows_applied"], parsed(done)["rows_rejected"]) == (6, 2, 1)
    assert "Line 4, penyewa: There is no tenant NOBODY." in done.stderr
    assert json.loads(kos("import", "list", "-o", "json").stdout)["items"] == []
    assert json.loads(kos("payment", "list", "-o", "json").stdout)["items"] == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 2, "file_empty"),
        (b"tenant,amount,date\n", 2, "file_no_rows"),
        (b"tenant,amount\nBUDI,1\n", 2, "column_missing"),
        (b"tenant,amount,date,Jumlah\nBUDI,1,2026-01-01,1\n", 2, "column_twice"),
        (b"tenant,amount,date\nBUDI,1,2026-01-01,\xff\n", 2, "file_encoding"),
        (b"PK\x03\x04\0\0", 2, "file_not_text"),
        (b"tenant,amount,date\nBUDI,1,2026-01-01," + b"x" * 10_000_000, 2, "row_too_long"),
        (None, 4, "file_not_found"),
        ("folder", 2, "file_is_folder"),
    ],
)
def test_a_bad_file_is_one_clear_line(
    kos: Run, database: Database, tmp_path: Path, content: Any, status: int, code: str
) -> None:
    if content == "folder":
        (tmp_path / "p.csv").mkdir()
    elif content is not None:
        write(tmp_path, content)
    done = kos("import", "payments", "p.csv", "-o", "json")
    assert (done.returncode, done.stdout) == (status, "")
    told = json.loads(done.stderr)["error"]
    assert (told["code"], told["exit"]) == (code, status)
    with database.reading() as conn:
        assert conn.execute(text("select count(*) from imports")).scalar_one() == 0


def test_the_number_of_an_import_must_be_one(kos: Run) -> None:
    assert kos("import", "show", "x").returncode == 2
    assert kos("import", "show", "7").returncode == 4
    assert kos("import", "retry", "7").returncode == 4


def test_a_bar_is_drawn_for_a_person_and_gone_when_it_is_done(
    kos: Run, database: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    name = write(tmp_path, "tenant,amount,date\n" + "".join(f"BUDI,{n},2026-02-01\n" for n in range(1, 500)))
    here, there = pty.openpty()
    child = subprocess.Popen(
        [EKOST, "import", "payments", name, "--wait"], cwd=tmp_path, stdin=there, stdout=there, stderr=there,
        env=environment | {"EKOST_DATABASE_URL": database.url},
    )  # fmt: skip
    os.close(there)
    screen = b""
    while chunk := _read(here):
        screen += chunk
    os.close(here)
    assert child.wait(timeout=60) == 0
    assert "499" in screen.decode()
    assert "Applied" in screen.decode()


def test_a_command_that_is_interrupted_goes_on_by_being_repeated(
    kos: Run, database: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    name = write(tmp_path, "tenant,amount,date\n" + "".join(f"BUDI,{n},2026-02-01\n" for n in range(1, 400)))
    # Between two steps of a hundred rows: the process interrupts itself.
    script = (
        "import os, signal, sys\n"
        "from db import policies\n"
        "policies.IMPORT_CONNECTIONS = 1\n"
        "from db.services.imports import chunks, payments\n"
        "chunks.SIZE = 100\n"
        "post = payments.post\n"
        "def interrupted(conn, row, span):\n"
        "    if row.position == 200:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return post(conn, row, span)\n"
        "payments.post = interrupted\n"
        "from ekost_cli.main import main\n"
        f"sys.argv[1:] = ['import', 'payments', {name!r}]\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env=environment | {"EKOST_DATABASE_URL": database.url, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode in (130, -signal.SIGINT), done.stderr
    assert "`ekost import retry 1` goes on." in done.stderr
    assert parsed(kos("import", "show", "1", "-o", "json"))["rows_applied"] == 200
    again = kos("import", "payments", name, "-o", "json")
    assert "This file is being imported already, as number 1: going on." in again.stderr
    assert (again.returncode, parsed(again)["rows_applied"]) == (0, 399)
    assert kos("check").returncode == 0


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_a_dry_run_of_tenants_shows_the_first_bill_of_each_before_anything_is_posted(kos: Run, tmp_path: Path) -> None:
    content = (
        "nama,kamar,sewa,tanggal tagihan,lunas s/d,saldo awal,deposit,per tanggal,properti\n"
        "Dewi,A1,1500000,10,2026-01-09,750000,1000000,2026-01-01,KOSA\n"
        "Eko,,,,,-5000,,,KOSA\n"
        "Fajar,A1,,,,,,,KOSA\n"
    )
    words = ("import", "tenants", write(tmp_path, content, "t.csv"), "--dry-run")
    done = kos(*words, "-o", "json")
    assert done.returncode == 6
    dewi, eko = json.loads(done.stdout)["items"]
    shown = ("tenant", "room", "opening", "deposit", "period_start", "due_on", "amount")
    assert {name: dewi[name] for name in shown} == {
        "tenant": "DEWI", "room": "A1", "opening": "750000.00", "deposit": "1000000.00",
        "period_start": "2026-01-10", "due_on": "2026-01-10", "amount": "1500000.00",
    }  # fmt: skip
    assert (eko["opening"], eko["outstanding_balance"], eko["amount"]) == ("-5000.00", "-5000.00", None)
    assert "3 rows: 2 tenants to be added, 0 known already, 1 rejected." in done.stderr
    assert "Line 4, kamar:" in done.stderr
    table = kos(*words, "-o", "table", "--lang", "en").stdout
    assert all(word in table for word in ("Brought along", "Deposit", "First bill", "Rp1,500,000"))
    assert json.loads(kos("tenant", "list", "-o", "json").stdout)["items"][0]["code"] in ("ANI", "BUDI")
    assert json.loads(kos("import", "list", "-o", "json").stdout)["items"] == []
