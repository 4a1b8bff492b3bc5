"""Receipts with the command: numbered papers on a screen or in a file, and no paper of what was not recorded."""

from pathlib import Path

from sqlalchemy import text

from tests.end_to_end.kos import Kos

FAILING = """
create function fail() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
create constraint trigger fail after insert on receipt_prints deferrable initially deferred
  for each row execute function fail();
"""


def test_papers_are_numbered_found_and_gone_with_what_was_not_recorded(kos: Kos, tmp_path: Path) -> None:
    kos.house("A1")
    kos.tenant("Budi Santoso", "A1", since="2026-08-15")
    paid = [str(kos.get("payment", "add", "BUDI", amount)["id"]) for amount in ("1500000", "6000000", "1000")]
    kos.do("property", "edit", "KOSA", "--language", "id", "--place", "Sleman")
    assert "KUITANSI" in kos.do("receipt", "print", paid[0], "--dry-run", "--width", "32")
    assert kos.items("receipt", "list") == []
    kos.do("property", "edit", "KOSA", "--language", "en")
    kos.do("tenant", "edit", "BUDI", "--language", "id")
    assert "KUITANSI" in kos.do("receipt", "print", paid[0], "--dry-run")
    kos.do("tenant", "edit", "BUDI", "--language", "")
    assert "RECEIPT" in kos.do("receipt", "print", paid[0], "--dry-run")
    kos.do("property", "edit", "KOSA", "--language", "")
    assert "KUITANSI" in kos.do("receipt", "print", paid[0], "--dry-run", EKOST_LANG="id")
    kos.do("property", "edit", "KOSA", "--language", "id")
    first, copy = (kos.do("receipt", "print", paid[0]).splitlines() for _ in range(2))
    assert [line.strip() for line in copy if line not in first] == ["SALINAN"]
    assert "RECEIPT" in kos.do("receipt", "print", str(kos.items("receipt", "list")[0]["ref"]), "--lang", "en")
    kos.do("receipt", "print", paid[1], "--format", "pdf", "--to", str(tmp_path / "paper.pdf"))
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF-")
    kos.refused(1, "receipt_file", "receipt", "print", paid[1], "--to", str(tmp_path / "paper.pdf"))
    assert [row["copies"] for row in kos.items("receipt", "list", "--from", "today")] == [1, 3]
    assert kos.items("receipt", "list", "--until", "yesterday") == []
    with kos.database.transaction() as conn:
        conn.execute(text(FAILING))
    assert kos.run("receipt", "print", paid[2], "--to", str(tmp_path / "lost.txt")).status != 0
    assert not (tmp_path / "lost.txt").exists()
    assert len(kos.items("receipt", "list")) == 2
    with kos.database.transaction() as conn:
        conn.execute(text("drop trigger fail on receipt_prints"))
    kos.do("receipt", "print", paid[2], "--to", str(tmp_path / "lost.txt"))
    assert "003/" in (tmp_path / "lost.txt").read_text()
    kos.assert_sound()
