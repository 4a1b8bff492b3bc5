"""Operations: what needs a person stands above, and every list below is what the book and the installation say."""

from sqlalchemy import text
from textual.pilot import Pilot
from textual.widgets import Static

from db.doctor.finding import Finding, broken, fine
from db.engine import Database
from db.repositories.operations import Operations
from db.repositories.workers import Workers
from db.services.schedules import note_done, note_failed
from tests.tui.conftest import Screens, press, settled, text_of
from tui.details.batch import ImportDetail
from tui.screens.operations import OperationsScreen


def screen(pilot: Pilot[None]) -> OperationsScreen:
    found = pilot.app.screen
    assert isinstance(found, OperationsScreen)
    return found


def said(pilot: Pilot[None], where: str) -> str:
    return str(screen(pilot).query_one(where, Static).content)


def stumble(database: Database) -> None:
    """Let something of every kind go wrong."""
    with database.transaction() as conn:
        conn.execute(
            text("""update deliveries set state = 'dead', last_error = 'no [b]room[/b] left on the disk'
                     where consumer = 'audit' and event_id in (select min(event_id) from deliveries)""")
        )
        conn.execute(
            text("""insert into imports (kind, file_name, file_hash, state, created_at, finished_at)
                    values ('payments', 'bank.csv', repeat('ab', 32), 'failed', now(), now()),
                           ('payments', 'rest.csv', repeat('cd', 32), 'queued', now() - interval '1 hour', null)""")
        )
        conn.execute(
            text("""insert into balance_drifts (tenant_id, charges, payments, deposit)
                    select min(id), 5, 0, 0 from tenants""")
        )
        note_done(conn, "billing", "Asia/Jakarta", "2026-11-22")
        note_failed(conn, "billing", "Asia/Jakarta", "disk full")


async def test_what_needs_a_person_stands_above_every_list(screens: Screens, lived_in: Database) -> None:
    async with screens(lived_in.url) as pilot:
        await press(pilot, "7")
        assert said(pilot, "#standing").count("`ekost up --worker` starts one.") == 1
        stumble(lived_in)
        with lived_in.transaction() as conn:
            conn.execute(text("insert into workers (host, pid, queues) values ('h[b]', 42, '{balances,audit}')"))
        await press(pilot, "r")
        with lived_in.reading() as conn:
            alerts, queues = Operations(conn).alerts(), Operations(conn).queues()
        assert [alert.code for alert in alerts] == ["drift", "dead", "failed", "no_worker", "schedule"]
        told = said(pilot, "#standing").splitlines()
        assert told[0].startswith("! Wrong balances that were put right: 1, last ")
        assert told[1] == "! Dead work (audit trail): 1. R tries one again, X gives it up."
        assert told[2] == "! Failed imports: 1. R goes on with one, X gives it up."
        assert told[3].startswith("! Work without a worker since ")
        assert told[3].endswith(" (imports): 1. `ekost up --worker` starts one.")
        assert told[-2:] == ["! 1 more", "h[b], process 42: balances, audit trail"]
        await press(pilot, "home", "t")
        assert screen(pilot).table.current is not None
        assert "no [b]room[/b] left on the disk" in said(pilot, "#whole")
        await press(pilot, "end", "enter")
        assert isinstance(pilot.app.screen, ImportDetail)
        assert "bank.csv" in text_of(pilot)[1]
        await press(pilot, "escape")
        await press(pilot, "tab")
        rows = [line.row for line in screen(pilot).table.rows]
        assert [(row["queue"], row["ready"], row["dead"]) for row in rows] == [
            (row.queue, row.ready, row.dead) for row in queues
        ]
        assert [row["dead"] for row in rows] == [0, 1, 1]
        await press(pilot, "tab")
        with lived_in.reading() as conn:
            assert [line.row["id"] for line in screen(pilot).table.rows] == [row.id for row in Workers(conn).rows()]
        await press(pilot, "tab")
        assert any("monthly rent" in line and "2026-11-22" in line for line in text_of(pilot))
        assert said(pilot, "#whole") == "disk full"
        with lived_in.transaction() as conn:
            conn.execute(text("update rooms set status = 'renovation' where id in (select min(room_id) from leases)"))
        await press(pilot, "C")
        for _moment in range(200):
            await settled(pilot)
            if screen(pilot).table.rows:
                break
            await pilot.pause(0.05)
        found = [line.row.check for line in screen(pilot).table.rows]
        assert "room_status_matches_leases" in found
        assert "deliveries_not_dead" in found
        assert screen(pilot).tab == 5


async def test_the_installation_is_examined_when_it_is_looked_at(screens: Screens) -> None:
    looks = []

    def examine() -> list[Finding]:
        looks.append(1)
        return [
            fine("size", "The database takes {size} MB.", size=7),
            broken("redis", "Redis is [b]away[/b].", "Wait."),
        ]

    async with screens(examine=examine) as pilot:
        await press(pilot, "7", "shift+tab", "shift+tab")
        assert screen(pilot).tab == 4
        shown = text_of(pilot)
        assert any("✓ fine" in line and "The database takes 7 MB." in line for line in shown)
        assert any("! broken" in line and "Redis is [b]away[/b]." in line for line in shown)
        await press(pilot, "end")
        assert said(pilot, "#whole") == "Redis is [b]away[/b].  Wait."
        screen(pilot).look_again()
        await settled(pilot)
        assert len(looks) == 1
        await press(pilot, "r")
        assert len(looks) == 2
    async with screens() as pilot:  # without an installation around it, the database alone
        await press(pilot, "7", *["tab"] * 4)
        assert any("PostgreSQL" in line for line in text_of(pilot))
