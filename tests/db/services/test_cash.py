"""Cash in the hands of people: what each should have, and how it goes from one to another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Barrier
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.domain.cash import CashShortError, CountedNegativeError, Standing, require_enough, variance
from db.domain.methods import MethodError
from db.engine import Database, NotAllowedError
from db.errors import EkostError
from db.repositories.cash import Cash, HandoverNotFoundError
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import PropertyRow, TenantRef, find_property
from db.repositories.reports.money import Money
from db.services.cash import (
    CashPersonError,
    CashToOneselfError,
    HandoverSignedError,
    HandoverSignerError,
    HandoverVoidedError,
    NothingToConfirmError,
    confirm_cash,
    count_cash,
    hand_over_cash,
    void_cash,
)
from db.services.charges import RefundMethodError, post_charge
from db.services.deposits import add_deposit, apply_deposit, bring_deposit, refund_deposit
from db.services.expenses import record_expense, void_expense
from db.services.payments import record_payment
from db.services.requests import KeyReusedError
from db.services.reversals import void_charge, void_payment
from tests.db.services.house import House
from tests.db.services.people import People

Amounts = st.decimals(0, 10_000_000, places=2)


def kosa(conn: Connection) -> PropertyRow:
    return find_property(conn, "KOSA")


def held(conn: Connection, name: str) -> int:
    return int(Cash(conn).standing(kosa(conn).id, name).held)


def pay(conn: Connection, tenant: TenantRef, amount: int, **more: object) -> int:
    return record_payment(conn, tenant, Decimal(amount), **more)


def hand(conn: Connection, amount: int, to: str = "owner", **more: object) -> int:
    return hand_over_cash(conn, kosa(conn), Decimal(amount), to, **more)


class Kos(NamedTuple):
    """Rini of the staff has taken 2,000,000 in cash from Budi; Sari is of the staff too."""

    people: People
    owner: str
    rini: str
    sari: str
    budi: TenantRef

    def held(self, login: str) -> int:
        with self.people.being() as conn:
            return held(conn, login)

    def sound(self) -> None:
        with self.people.being() as conn:
            House(conn).deliver()
            assert list(run_checks(conn)) == []


@pytest.fixture
def kos(people: People) -> Kos:
    rini, sari = people.add("rini", "staff"), people.add("sari", "staff")
    with people.being() as conn:
        budi, owner = House.build(conn).tenant(), str(conn.execute(text("select session_user")).scalar_one())
    with people.being(rini) as conn:
        pay(conn, budi, 2_000_000)
    return Kos(people, owner, rini, sari, budi)


def test_deposits_and_credit_paid_back_in_cash_go_through_a_hand(kos: Kos) -> None:
    with kos.people.being(kos.rini) as conn:
        add_deposit(conn, kos.budi, Decimal(1_500_000))
        add_deposit(conn, kos.budi, Decimal(400_000), method="transfer")
        assert held(conn, kos.rini) == 3_500_000
    with kos.people.being() as conn:
        bring_deposit(conn, House(conn).tenant("Ani"), Decimal(900_000))
        back = post_charge(conn, kos.budi, Decimal(250_000), "refund")
        post_charge(conn, kos.budi, Decimal(50_000), "refund", method="transfer")
        apply_deposit(conn, kos.budi, Decimal(100_000))
        refund_deposit(conn, kos.budi, Decimal(300_000))
        refund_deposit(conn, kos.budi, Decimal(200_000), method="transfer")
        assert (held(conn, kos.rini), held(conn, kos.owner)) == (3_500_000, -550_000)
    with kos.people.being(kos.people.add("dewi", "landlord")) as conn:
        void_charge(conn, back, "not paid out")
    with kos.people.being() as conn:
        assert (held(conn, kos.rini), held(conn, kos.owner)) == (3_500_000, -300_000)
        rows = Money(conn).cash(kos.budi.today, kos.budi.today, by="method")
        told = {row.word: (row.received, row.refunded, row.deposits_in, row.deposits_out) for row in rows}
        assert told == {
            "cash": (2_000_000, 0, 1_500_000, 300_000), "transfer": (0, 50_000, 400_000, 200_000),
        }  # fmt: skip
        with pytest.raises(RefundMethodError):
            post_charge(conn, kos.budi, Decimal(1), "damage", method="cash")
        with pytest.raises(MethodError):
            refund_deposit(conn, kos.budi, Decimal(1), method="gold")
    kos.sound()


def test_what_somebody_holds_is_what_came_in_and_did_not_go_out(kos: Kos) -> None:
    yesterday = kos.budi.today - timedelta(days=1)
    with kos.people.being(kos.rini) as conn:
        wrong = pay(conn, kos.budi, 700_000, payment_date=yesterday)
        pay(conn, kos.budi, 900_000, method="transfer")
        record_expense(conn, kosa(conn), Decimal(150_000), "cleaning", spent_on=yesterday)
        tap = record_expense(conn, kosa(conn), Decimal(80_000), "maintenance")
        record_expense(conn, kosa(conn), Decimal(999_000), "internet", method="transfer")
        assert held(conn, kos.rini) == 2_000_000 + 700_000 - 150_000 - 80_000
    with kos.people.being() as conn:
        void_payment(conn, wrong, "it was Ani's")
        void_expense(conn, tap, "paid by the tenant")
        assert (held(conn, kos.rini), held(conn, kos.owner)) == (2_000_000 - 150_000, 0)
        (row,) = Cash(conn).held(as_of=yesterday)
        assert (row.actor, row.received, row.spent, row.held) == (kos.rini, 700_000, 150_000, 550_000)
        before = Cash(conn).held()
        for _ in range(2):
            conn.execute(text("select fold_cash()"))
        assert Cash(conn).held() == before
        lines = text("select count(*), count(distinct day) from cash_received where folded")
        assert tuple(conn.execute(lines).one()) == (2, 2)
        pay(conn, kos.budi, 5)
        conn.execute(text("select fold_cash()"))
        assert held(conn, kos.owner) == 5
    kos.sound()


def test_a_handover_counts_once_the_other_one_has_confirmed_it(kos: Kos) -> None:
    people, rini, sari = kos.people, kos.rini, kos.sari
    with people.being(rini) as conn:
        first = hand(conn, 1_200_000, sari, counted=Decimal(1_950_000), note="Friday", key="k1")
        assert hand(conn, 1_200_000, sari, counted=Decimal(1_950_000), note="Friday", key="k1") == first
        with pytest.raises(KeyReusedError):
            hand(conn, 1_300_000, sari, counted=Decimal(1_950_000), note="Friday", key="k1")
        with pytest.raises(HandoverSignerError, match=f"confirmed by {sari}"):
            confirm_cash(conn, first)
        with pytest.raises(CashShortError, match="800000"):
            hand(conn, 800_001, sari)
    with people.being() as conn:
        row = Cash(conn).row(first)
        assert (row.state, row.signer, row.expected, row.variance) == ("pending", sari, 2_000_000, -50_000)
        assert Cash(conn).standing(kosa(conn).id, rini).on_hand == 800_000
        with pytest.raises(HandoverSignerError):
            confirm_cash(conn, first)  # not even the landlord for somebody who can
    assert (kos.held(rini), kos.held(sari)) == (2_000_000, 0)
    with people.being(sari) as conn:
        assert confirm_cash(conn, first, key="k2") == confirm_cash(conn, first, key="k2") == first
        with pytest.raises(HandoverSignedError):
            confirm_cash(conn, first)
    with pytest.raises(NotAllowedError), people.being(sari) as conn:
        void_cash(conn, first, "I have lost it")
    assert (kos.held(rini), kos.held(sari)) == (800_000, 1_200_000)
    with people.being() as conn:
        assert void_cash(conn, first, "a mistake", key="k3") == void_cash(conn, first, "a mistake", key="k3")
        with pytest.raises(HandoverVoidedError):
            void_cash(conn, first, "again")
    assert (kos.held(rini), kos.held(sari)) == (2_000_000, 0)
    with people.being(rini) as conn:
        second = hand(conn, 100, sari)
    with people.being(sari) as conn:
        void_cash(conn, second, "I got nothing")
        with pytest.raises(HandoverVoidedError):
            confirm_cash(conn, second)
        assert [row.state for row in Cash(conn).page().items] == ["voided", "voided"]
    kos.sound()


def test_what_the_receiver_writes_down_is_confirmed_by_the_giver(kos: Kos) -> None:
    people, rini = kos.people, kos.rini
    with people.being() as conn:
        taken = hand(conn, 500_000, giver=rini)
    with people.being(kos.sari) as conn, pytest.raises(HandoverSignerError):
        confirm_cash(conn, taken)
    with people.being(rini) as conn:
        confirm_cash(conn, taken)
    with pytest.raises(NotAllowedError), people.being(rini) as conn:
        hand(conn, 1, giver=kos.sari, counted=Decimal(1))
    assert (kos.held(rini), kos.held(kos.owner)) == (1_500_000, 500_000)
    with people.being() as conn:
        gone = hand(conn, 1_500_000, giver=rini)
    people.revoke(rini)
    with people.being() as conn:
        assert Cash(conn).page(pending=True).items[0].id == confirm_cash(conn, gone)
    assert (kos.held(rini), kos.held(kos.owner)) == (0, 2_000_000)
    kos.sound()


def test_who_is_alone_counts(house: House) -> None:
    conn, me = house.conn, house.conn.execute(text("select session_user")).scalar_one()
    pay(conn, house.tenant(), 1_000_000)
    with pytest.raises(CashToOneselfError):
        hand(conn, 1)
    counted = count_cash(conn, kosa(conn), Decimal(980_000), note="coins", key="k1")
    assert count_cash(conn, kosa(conn), Decimal(980_000), note="coins", key="k1") == counted
    row = Cash(conn).row(counted)
    assert (row.kind, row.state, row.expected, row.counted, row.variance) == (
        "count", "done", 1_000_000, 980_000, -20_000,
    )  # fmt: skip
    assert held(conn, me) == 980_000
    with pytest.raises(NothingToConfirmError):
        confirm_cash(conn, counted)
    void_cash(conn, counted, "in the other pocket")
    assert held(conn, me) == 1_000_000


def test_what_can_not_be_is_refused(kos: Kos) -> None:
    people = kos.people
    with people.being() as conn:
        for wrong in ({"to": "nobody"}, {"giver": "nobody"}):
            with pytest.raises(CashPersonError, match="nobody"):
                hand(conn, 1, counted=Decimal(5), **wrong)
        with pytest.raises(CountedNegativeError):
            count_cash(conn, kosa(conn), Decimal(-1))
        with pytest.raises(HandoverNotFoundError):
            confirm_cash(conn, 99)
        with pytest.raises(HandoverNotFoundError):
            void_cash(conn, 99, "x")
    with people.being(kos.rini) as conn:
        hand(conn, 1)
        for statement in (
            "insert into cash_handovers (property_id) values (1)",
            "insert into cash_confirmations (handover_id) values (1)",
            "insert into cash_received (amount) values (1)",
            "update cash_received set amount = 0",
            "insert into expenses (property_id) values (1)",
            f"select hand_over_cash({kosa(conn).id}, '{kos.sari}', '{kos.rini}', 1, 1, null)",
            f"select hand_over_cash({kosa(conn).id}, '{kos.rini}', null, null, 0, null)",
        ):
            with pytest.raises(DBAPIError, match=r"denied|not allowed"), conn.begin_nested():
                conn.execute(text(statement))
    with people.being() as conn:
        for statement in ("update cash_handovers set note = 'x'", "delete from cash_handovers", "truncate cash_voids"):
            with pytest.raises(DBAPIError, match="append-only"), conn.begin_nested():
                conn.execute(text(statement))


def test_the_same_cash_is_handed_over_once(database: Database) -> None:
    """Six hands at once, each with all that there is: one wins, the others are told that nothing is left."""
    with database.transaction() as conn:
        house = House.build(conn)
        pay(conn, house.tenant(), 1_000_000)
        conn.execute(text("insert into logins (role_name, grade) values ('sari', 'staff')"))
    ready = Barrier(6)

    def give(number: int) -> str:
        try:
            with Database(database.url).transaction() as conn:
                ready.wait()
                # Past the first look, which all of them take before anybody has written.
                counted = None if number else Decimal(1_000_000)
                hand(conn, 1_000_000, "sari", counted=counted)
        except EkostError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(6) as pool:
        told = sorted(pool.map(give, range(6)))
    with database.reading() as conn:
        rows = Cash(conn).page().items
        assert list(run_checks(conn)) == []
    # Whoever has counted wins in any case; where another was faster, the variance tells that the cash was not there.
    assert told.count("done") == len(rows) == 1 + any(row.variance for row in rows)
    assert told.count("cash_short") == 6 - len(rows)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_everybody_holds_what_came_less_what_went(kos: Kos, seed: int) -> None:
    """A walk at random, against a book that is kept by hand."""
    random, people, budi = Random(seed), kos.people, kos.budi
    own = {kos.rini: 2_000_000, kos.sari: 0, kos.owner: 0}
    paid: list[tuple[int, str, int]] = []
    spent: list[tuple[int, str, int]] = []
    pending: list[tuple[int, str, str, int]] = []
    for _ in range(40):
        who, other = random.sample(sorted(own), 2)
        amount = random.randrange(1, 300_000)
        free = own[who] - sum(row[3] for row in pending if row[1] == who)
        with people.being(None if who == kos.owner else who) as conn:
            match random.randrange(8):
                case 0 | 1:
                    paid.append((pay(conn, budi, amount), who, amount))
                    own[who] += amount
                case 2:
                    spent.append((record_expense(conn, kosa(conn), Decimal(amount), "other"), who, amount))
                    own[who] -= amount
                case 3 | 4 if free >= amount:
                    pending.append((hand(conn, amount, other), who, other, amount))
                case 5 if who == kos.owner:
                    whose = random.choice(sorted(own))
                    count_cash(conn, kosa(conn), Decimal(amount), holder=whose)
                    own[whose] = amount + sum(row[3] for row in pending if row[1] == whose)
                case 6 if who == kos.owner and (paid or spent):
                    entries, sign, void = random.choice([(paid, -1, void_payment), (spent, 1, void_expense)])
                    if entries:
                        number, whose, back = entries.pop(random.randrange(len(entries)))
                        void(conn, number, "wrong")
                        own[whose] += sign * back
                case 7:
                    conn.execute(text("select fold_cash()"))
        for number, giver, receiver, moved in [row for row in pending if random.random() < 0.4]:
            with people.being(None if receiver == kos.owner else receiver) as conn:
                confirm_cash(conn, number)
            own[giver], own[receiver] = own[giver] - moved, own[receiver] + moved
            pending.remove((number, giver, receiver, moved))
    assert {login: kos.held(login) for login in own} == own
    kos.sound()


@given(amounts=st.lists(Amounts, min_size=6, max_size=6), counted=st.none() | Amounts, amount=Amounts)
def test_what_is_held_is_what_moved(amounts: list[Decimal], counted: Decimal | None, amount: Decimal) -> None:
    standing = Standing(*amounts)
    received, spent, taken, handed, difference, pending = amounts
    assert standing.held == received - spent + taken - handed + difference
    assert standing.on_hand + pending == standing.held
    found = variance(standing.on_hand, counted)
    assert (found is None) == (counted is None)
    assert counted is None or (found is not None and standing.on_hand + found == counted)
    there = standing.on_hand if counted is None else counted
    if amount <= there:
        require_enough("rini", amount, standing.on_hand, counted)
    else:
        with pytest.raises(CashShortError):
            require_enough("rini", amount, standing.on_hand, counted)
