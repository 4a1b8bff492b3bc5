"""Many processes at once: one wins, the others are told in one line, and nothing is left half done."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from db.repositories.lookup import find_room, find_tenant
from db.services.leases import open_lease
from db.services.rooms import sync_room_statuses
from tests.end_to_end.kos import Kos, assert_one_line


def test_64_processes_race_for_the_last_bed(kos: Kos) -> None:
    kos.house("A1", capacity=2)
    kos.tenant("Penghuni Lama", "A1")
    codes = [kos.sql("insert into tenants (property_id, code, name) values (1, :code, :code) returning code",
                     code=f"C{n}") for n in range(64)]  # fmt: skip
    before = kos.content()
    ended = kos.race([["tenant", "assign", code, "A1", "--from", "2026-10-05"] for code in codes])
    assert Counter(done.status for done in ended) == {0: 1, 5: 63}
    for done in ended:
        if done.status:
            assert done.out == ""
            assert_one_line(done.err)
            assert done.err.startswith("ekost: error: Room A1 has no free bed from 5 October 2026 on.")
    kos.assert_sound()
    after = kos.content()
    grown = {name: after[name][0] - before[name][0] for name in after if after[name][0] != before[name][0]}
    winner = json.loads(kos.do("tenant", "list", "--all", "-o", "json", "--fields", "code,room"))["items"]
    assert sum(item["room"] == "A1" for item in winner) == 2
    charges = kos.sql("select count(*) from charges where charged_on >= '2026-10-05'") - 1
    # One assignment, one status, one accrual; their deliveries.
    assert grown == {"leases": 1, "lease_terms": 1, "charges": charges, "events": 3, "deliveries": 5}


def test_a_future_bed_is_let_once(kos: Kos) -> None:
    kos.house("A1")
    for name in "ABCDEFGH":
        kos.tenant(f"Tenant {name}", None)
    codes = [item["code"] for item in kos.items("tenant", "list")]
    starts = ["2027-01-01", "2027-02-15", "tomorrow", "2028-01-01"] * 2
    ended = kos.race([["tenant", "assign", code, "A1", "--from", day] for code, day in zip(codes, starts, strict=True)])
    assert Counter(done.status for done in ended) == {0: 1, 5: 7}
    kos.assert_sound()


def test_32_processes_record_payments_of_one_tenant(kos: Kos) -> None:
    kos.house("A1")
    budi = kos.tenant("Budi", "A1", since="2026-08-15")
    owed = Decimal(kos.balance(budi))
    alone = [["payment", "add", budi, f"{1000 + n}"] for n in range(16)]
    keyed = [["payment", "add", budi, "50000", "--key", f"key-{n % 4}", "-o", "json"] for n in range(12)]
    other = [["payment", "add", budi, f"{60000 + n}", "--key", "key-of-four"] for n in range(4)]
    ended = kos.race(alone + keyed + other)
    assert [done.status for done in ended[:28]] == [0] * 28
    # One of the four is the first; its key is not free for the others' amounts.
    assert Counter(done.status for done in ended[28:]) == {0: 1, 5: 3}
    for done in ended[28:]:
        if done.status:
            assert done.err.startswith("ekost: error: The key key-of-four was already used for another request.")
            assert_one_line(done.err)
    told = [json.loads(done.out)["id"] for done in ended[16:28]]
    assert len(set(told)) == 4
    assert all(len({told[n + lap] for lap in (0, 4, 8)}) == 1 for n in range(4))
    paid = [Decimal(item["amount"]) for item in kos.items("payment", "list", "--tenant", budi)]
    first = next(60000 + n for n, done in enumerate(ended[28:]) if done.status == 0)
    assert sorted(paid) == sorted([*(1000 + n for n in range(16)), *[50000] * 4, first])
    assert Decimal(kos.balance(budi)) == owed - sum(paid)
    kos.assert_sound()


def test_a_request_with_a_key_whose_connection_was_cut_is_made_again_and_once(kos: Kos) -> None:
    kos.house("A1")
    budi = kos.tenant("Budi", "A1")
    with kos.database.transaction() as conn:
        conn.execute(text("select id from tenants for update"))
        waiting = kos.forks.start([["payment", "add", budi, "1000", "--key", "k"]] * 2, kos.env)
        (first, *_rest) = kos.wait_until_blocked(2)
        conn.execute(
            text("select pg_terminate_backend(pid) from pg_locks where not granted and pid = :pid"), {"pid": first}
        )
    ended = kos.forks.wait(waiting)
    assert [done.status for done in ended] == [0, 0]
    assert ended[0].out == ended[1].out
    assert kos.sql("select count(*) from payments") == 1
    kos.assert_sound()


def test_a_payment_that_a_deadlock_ended_is_made_again_and_once(kos: Kos) -> None:
    kos.house("A1")
    budi = kos.tenant("Budi", "A1")
    with kos.database.transaction() as conn:
        conn.execute(text("select from balances for update"))
        started = kos.forks.start([["payment", "add", budi, "1000"]], kos.env)
        kos.wait_until_blocked()
        # It holds the tenant and waits for the balance; it began to wait first, so it is the one who is ended.
        conn.execute(text("select from tenants for update"))
    (done,) = kos.forks.wait(started)
    assert (done.status, done.err) == (0, ""), done
    assert kos.sql("select array_agg(amount::int) from payments") == [1000]
    kos.assert_sound()


def leased(kos: Kos) -> None:
    """Twelve leases since months, for which nothing is posted yet."""
    kos.house(*(f"A{n}" for n in range(12)))
    for n in range(12):
        kos.tenant(f"Tenant {chr(65 + n)}")
    with kos.database.transaction() as conn:
        for n, item in enumerate(kos.items("tenant", "list", "--sort", "name")):
            tenant, room = find_tenant(conn, item["code"]), find_room(conn, f"KOSA/A{n}")
            open_lease(conn, tenant, room, date(2026, 4 + n % 5, 10 + n))
            sync_room_statuses(conn, [room.id])


def test_8_billing_runs_at_once_post_the_same_rows_as_one(kos: Kos, empty_kos: Kos) -> None:
    leased(kos)
    leased(empty_kos)
    one = empty_kos.get("billing", "run")
    ended = kos.race([["billing", "run", "-o", "json"]] * 8)
    assert [done.status for done in ended] == [0] * 8
    told = [json.loads(done.out) for done in ended]
    assert sum(run["charges"] for run in told) == one["charges"] >= 12
    assert sum(Decimal(run["amount"]) for run in told) == Decimal(one["amount"])
    fields = ("--fields", "tenant,kind,period_start,period_end,due_on,amount,days,of_days")
    rows = [sorted(book.do("charge", "list", "--all", *fields).splitlines()) for book in (kos, empty_kos)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == one["charges"] + 1
    assert kos.get("billing", "run")["charges"] == 0
    kos.assert_sound()


def test_tenants_who_swap_rooms_get_their_turn_or_a_clear_answer(kos: Kos) -> None:
    kos.house("A1", "A2", capacity=2)
    for name, room in (("Ani", "A1"), ("Budi", "A2")):
        kos.tenant(name, room, since="2026-08-15")
    ended = kos.race(
        [["tenant", "move", "ANI", "A2", "--on", "today"], ["tenant", "move", "BUDI", "A1", "--on", "today"]]
    )
    assert [done.status for done in ended] == [0, 0], ended
    assert {item["code"]: item["room"] for item in kos.items("tenant", "list")} == {"ANI": "A2", "BUDI": "A1"}
    kos.assert_sound()


def test_a_swap_without_a_free_bed_is_refused_to_both(kos: Kos) -> None:
    kos.house("A1", "A2")
    for name, room in (("Ani", "A1"), ("Budi", "A2")):
        kos.tenant(name, room, since="2026-08-15")
    ended = kos.race(
        [["tenant", "move", "ANI", "A2", "--on", "today"], ["tenant", "move", "BUDI", "A1", "--on", "today"]]
    )
    assert [done.status for done in ended] == [5, 5]
    for done in ended:
        assert_one_line(done.err)
    kos.assert_sound()


def test_room_mates_of_a_shared_room_come_and_go_at_once(kos: Kos) -> None:
    kos.house()
    for number in ("B1", "B2"):
        kos.do("room", "add", number, "--rent", "3000000", "--capacity", "9", "--basis", "split_room")
    codes = [kos.tenant(f"Mate {chr(65 + n)}", f"B{1 + n % 2}", since="2026-10-01") for n in range(8)]
    newcomers = [kos.tenant(f"Newcomer {chr(65 + n)}") for n in range(4)]
    ended = kos.race(
        [["tenant", "move", code, f"B{2 - n % 2}", "--on", "today"] for n, code in enumerate(codes[:4])]
        + [["tenant", "move-out", code, "--on", "today", "--refund", "prorate"] for code in codes[4:6]]
        + [["tenant", "assign", code, f"B{1 + n % 2}"] for n, code in enumerate(newcomers)]
        + [["payment", "add", code, "100000"] for code in codes]
    )
    assert [done.status for done in ended] == [0] * 18, [done.err for done in ended]
    kos.assert_sound()


def test_16_processes_add_tenants_of_one_name(kos: Kos) -> None:
    kos.house()
    ended = kos.race([["tenant", "add", "Siti Aminah", "-o", "json"]] * 16)
    assert [done.status for done in ended] == [0] * 16
    assert {json.loads(done.out)["code"] for done in ended} == {"SITI", *(f"SITI{n}" for n in range(2, 17))}
    kos.assert_sound()


def test_one_code_is_given_once(kos: Kos) -> None:
    kos.house()
    for noun, words in (
        ("tenant", ["Siti", "--code", "S1"]),
        ("room", ["A1", "--rent", "1000"]),
        ("property", ["KOSB", "B"]),
    ):
        ended = kos.race([[noun, "add", *words]] * 6)
        assert Counter(done.status for done in ended) == {0: 1, 5: 5}, noun
        for done in ended:
            if done.status:
                assert_one_line(done.err)
    kos.assert_sound()


def test_nobody_moves_in_while_the_door_is_closed_for_good(kos: Kos) -> None:
    kos.house("A1", "A2", "A3", "A4")
    for n, name in enumerate(("Ani", "Budi", "Cici", "Dedi"), 1):
        kos.tenant(name)
        ended = kos.race([["tenant", "assign", name, f"A{n}"], ["tenant", "archive", name, "--yes"]])
        assert sorted(done.status for done in ended) in ([0, 4], [0, 5]), ended
    kos.house(code="KOSB")
    there = ["--property", "KOSB"]
    ended = kos.race(
        [
            ["property", "archive", "KOSB", "--yes"],
            ["room", "add", "B1", "--rent", "1", *there],
            ["tenant", "add", "Edi", *there],
        ]
    )
    assert [done.status for done in ended] in ([0, 4, 4], [5, 0, 0]), ended
    kos.assert_sound()


def test_an_entry_is_voided_once(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    kos.do("payment", "add", "BUDI", "1000000")
    for noun in ("payment", "charge"):
        ended = kos.race([[noun, "void", "1", "--reason", f"reason {n}"] for n in range(6)])
        assert Counter(done.status for done in ended) == {0: 1, 5: 5}, noun
        for done in ended:
            if done.status:
                assert_one_line(done.err)
    kos.assert_sound()


def test_a_deposit_is_not_spent_twice(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    kos.do("deposit", "add", "BUDI", "1000000")
    ended = kos.race([["deposit", verb, "BUDI", "300000"] for verb in ("apply", "refund")] * 4)
    assert Counter(done.status for done in ended) == {0: 3, 5: 5}
    assert kos.get("tenant", "show", "BUDI")["deposit_held"] == "100000.00"
    kos.assert_sound()


def test_a_bank_line_becomes_a_payment_once_however_many_take_it_for_whosever(kos: Kos) -> None:
    kos.house("A1", capacity=2)
    budi, siti = (kos.tenant(name, "A1", since="2026-08-15") for name in ("Budi", "Siti"))
    text_ = "date,description,amount\n2026-09-01,TRSF X,123456\n"
    brought = ["import", "bank", "-", "--format", "generic", "--account", "BCA", "--property", "KOSA"]
    assert kos.run(*brought, stdin=text_).status == 0
    ended = kos.race([["bank", "match", "1", (budi, siti)[n % 2]] for n in range(8)] + [["bank", "accept"]])
    assert Counter(done.status for done in ended[:8]) == {0: 1, 5: 7}
    assert kos.sql("select count(*) from payments where amount = 123456") == 1
    assert kos.run(*brought, stdin=text_).status == 0
    assert kos.sql("select count(*) from bank_lines") == 1
    kos.assert_sound()
