"""Reminders as a landlord sends them by hand and a program does by cron: over days, languages and at once."""

import json
from collections import Counter

from tests.end_to_end.kos import Kos


def test_a_rent_is_reminded_of_through_its_days(kos: Kos) -> None:
    kos.travel("2026-02-10")
    kos.house("A1", "A2", "A3")
    kos.do("property", "edit", "KOSA", "--pay-to", "BCA 123-456 a.n. Sari & Co", "--greeting", "kak")
    budi, citra, dewi = (kos.tenant(name, room) for name, room in (("Budi", "A1"), ("Citra", "A2"), ("Dewi", "A3")))
    kos.do("tenant", "edit", budi, "--phone", "0812-3456-7890")
    kos.do("tenant", "edit", citra, "--email", "citra@example.com")
    for tenant in (budi, citra, dewi):
        kos.do("payment", "add", tenant, "1500000")

    def listed() -> list[tuple[str, int, str]]:
        return [(row["tenant"], row["stage"], row["contact"]) for row in kos.items("reminder", "list")]

    kos.travel("2026-03-06")
    assert listed() == []
    kos.travel("2026-03-08")
    assert listed() == [(budi, -3, "whatsapp"), (citra, -3, "email"), (dewi, -3, "no_contact")]
    before = kos.content()
    told = kos.do("reminder", "send", budi, "--dry-run", "-o", "table")
    assert "Kak Budi" in told
    assert "*Rp1,500,000*" in told
    assert "https://wa.me/6281234567890?text=" in told
    assert kos.content() == before
    kos.do("tenant", "edit", citra, "--language", "id")
    done = kos.run("reminder", "send", "--all")
    sent = [json.loads(line) for line in done.out.splitlines()]
    assert [(row["tenant"], row["channel"]) for row in sent] == [(budi, "whatsapp"), (citra, "email")]
    assert "1 can't be reached" in done.err
    assert "*" not in sent[1]["text"]
    assert ["10 March 2026" in sent[0]["text"], "10 Maret 2026" in sent[1]["text"]] == [True, True]
    assert "BCA 123-456 a.n. Sari & Co" in sent[1]["text"]
    assert sent[1]["link"].startswith("mailto:citra@example.com?subject=")
    assert listed() == [(dewi, -3, "no_contact")]
    kos.travel("2026-03-10")
    assert listed() == [(budi, 0, "whatsapp"), (citra, 0, "email"), (dewi, 0, "no_contact")]
    kos.do("billing", "run")
    kos.do("payment", "add", budi, "1500000")
    assert [row["days"] for row in kos.items("reminder", "list", "--stage", "0")] == [0, 0]
    assert kos.items("reminder", "list", "--stage", "-3") == []
    assert [row["stage"] for row in kos.items("reminder", "list", "--on", "2026-03-30")] == [7, 7]
    shown = kos.get("reminder", "show", dewi)
    assert (shown["stage"], shown["amount"], shown["link"]) == (0, "1500000.00", None)
    by_stages_of_the_house(kos, citra, dewi)
    refusals(kos, dewi, citra)
    kos.assert_sound()


def by_stages_of_the_house(kos: Kos, citra: str, dewi: str) -> None:
    kos.do("property", "edit", "KOSA", "--reminders", "-1,4")
    assert [(row["tenant"], row["stage"]) for row in kos.items("reminder", "list")] == [(citra, -1), (dewi, -1)]
    kos.travel("2026-03-20")
    ended = kos.race([["reminder", "send", dewi, "--channel", "other", "-o", "json"]] * 6)
    assert Counter(done.status for done in ended) == {0: 1, 5: 5}
    history = kos.items("reminder", "history", dewi)
    assert [(row["stage"], row["sent_on"], row["channel"]) for row in history] == [(4, "2026-03-20", "other")]
    assert kos.get("property", "show", "KOSA")["reminder_stages"] == [-1, 4]
    both = kos.run("reminder", "send", dewi, citra, "--channel", "sms")  # the first was sent one already
    assert (both.status, len(both.out.splitlines())) == (0, 2)
    assert "DEWI is not to be reminded today." in both.err


def refusals(kos: Kos, dewi: str, citra: str) -> None:
    eko = kos.tenant("Eko")
    kos.keep()
    kos.refused(5, "reminder_not_due", "reminder", "send", dewi)
    kos.refused(4, "nothing_open", "reminder", "show", eko)
    kos.refused(2, "whom_to_remind", "reminder", "send")
    kos.refused(2, "whom_to_remind", "reminder", "send", "--all", "--open")
    kos.refused(4, "tenant_not_found", "reminder", "send", citra, "Sukarno")
    kos.refused(2, "reminder_stages", "property", "edit", "KOSA", "--reminders", "H-3")
