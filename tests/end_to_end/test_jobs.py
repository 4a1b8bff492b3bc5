"""Background work as the command shows it, and what a person may do about dead jobs."""

import pytest
from sqlalchemy import text

from tests.end_to_end.kos import Kos

REFUSED, NOT_FOUND = 5, 4


@pytest.fixture
def waiting(kos: Kos) -> Kos:
    """A house with one tenant who has paid; nobody works."""
    kos.house("A1")
    kos.tenant("Budi", "A1")
    kos.do("payment", "add", "BUDI", "500000")
    return kos


def change(kos: Kos, statement: str) -> None:
    with kos.database.transaction() as conn:
        conn.execute(text(statement))


def die(kos: Kos) -> str:
    """The payment's delivery to the balances has failed for good; its job."""
    change(
        kos,
        "update deliveries d set state = 'dead', attempts = 4, last_error = 'broken' from events e "
        "where e.id = d.event_id and e.type = 'PaymentRecorded' and consumer = 'balances'",
    )
    (job,) = kos.items("jobs", "list", "--state", "dead")
    return str(job["id"])


def test_a_job_shows_its_event_and_the_key_of_its_effect(waiting: Kos) -> None:
    (event,) = waiting.items("events", "list", "--type", "PaymentRecorded")
    job = waiting.get("jobs", "show", f"balances-{event['id']}")
    tenant = event["payload"]["tenantId"]
    assert (job["state"], job["subject"], job["attempts"]) == ("ready", "PaymentRecorded", 0)
    assert job["key"] == f"balance-calc-{tenant}-{event['id']}"
    audit = waiting.get("jobs", "show", f"audit-{event['id']}")
    assert audit["key"] == f"audit-payment-{event['entity_id']}-PaymentRecorded-{event['id']}"


def test_the_list_shows_what_is_not_settled(waiting: Kos) -> None:
    every = waiting.items("jobs", "list")
    assert {job["queue"] for job in every} == {"audit", "balances"}
    change(waiting, "update deliveries set state = 'done', done_at = now() where consumer = 'balances'")
    assert {job["queue"] for job in waiting.items("jobs", "list")} == {"audit"}
    assert len(waiting.items("jobs", "list", "--queue", "balances", "--state", "done")) + len(
        waiting.items("jobs", "list")
    ) == len(every)


def test_a_dead_job_gets_all_its_attempts_again(waiting: Kos) -> None:
    job = die(waiting)
    assert waiting.get("jobs", "retry", job, "--dry-run")["state"] == "ready"
    assert waiting.get("jobs", "show", job)["state"] == "dead"
    again = waiting.get("jobs", "retry", job)
    assert (again["state"], again["attempts"], again["error"]) == ("ready", 0, "broken")
    assert "ready" in waiting.refused(REFUSED, "delivery_not_dead", "jobs", "retry", job)


def test_a_dead_job_is_given_up_only_with_a_reason_and_the_audit_is_told(waiting: Kos) -> None:
    job = die(waiting)
    assert waiting.run("jobs", "discard", job).status == 2
    waiting.refused(REFUSED, "text_length", "jobs", "discard", job, "--reason", " ")
    gone = waiting.get("jobs", "discard", job, "--reason", "noted by hand")
    assert (gone["state"], gone["discard_reason"]) == ("discarded", "noted by hand")
    (event,) = waiting.items("events", "list", "--type", "DeliveryDiscarded")
    assert event["payload"]["reason"] == "noted by hand"
    assert waiting.get("jobs", "show", f"audit-{event['id']}")["state"] == "ready"


def test_a_failed_import_is_given_up_unless_it_has_applied_rows(waiting: Kos) -> None:
    done = waiting.run("import", "payments", "-", stdin="tenant,amount,date\nBUDI,100,2026-01-05\n")
    assert done.status == 0, done
    waiting.refused(REFUSED, "import_not_failed", "jobs", "discard", "import-1", "--reason", "wrong file")
    change(waiting, "update imports set state = 'failed'")
    waiting.refused(REFUSED, "import_applied", "jobs", "discard", "import-1", "--reason", "wrong file")
    change(waiting, "update imports set rows_applied = 0, rows_rejected = 1")
    assert waiting.get("jobs", "discard", "import-1", "--reason", "wrong file")["state"] == "discarded"


@pytest.mark.parametrize("job", ["balances-999999", "import-7", "audit-x", "mails-1", "", "audit-99999999999999999999"])
def test_a_job_that_is_not_there(shared_kos: Kos, job: str) -> None:
    shared_kos.refused(NOT_FOUND, "job_not_found", "jobs", "show", job)


def test_events_of_some_days(waiting: Kos) -> None:
    every = waiting.items("events", "list")
    day = every[0]["recorded_at"][:10]
    assert waiting.items("events", "list", "--from", day, "--until", day) == every
    assert waiting.items("events", "list", "--until", "2020-01-01") == []
    of_tenant = waiting.items("events", "list", "--tenant", "BUDI")
    assert [event["tenant_seq"] for event in of_tenant] == list(range(len(of_tenant), 0, -1))
