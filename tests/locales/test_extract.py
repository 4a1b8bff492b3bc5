"""The catalogs are complete, and a gap in them would be seen."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from locales import extract
from locales.catalogs import FOLDER, LANGUAGES
from locales.extract import TYPER_TEXTS, check, update

SOURCE = """
from locales.catalogs import _, ngettext

def shown(count):
    # Translators: said at the door
    _("Welcome, {name}.")
    return ngettext("{count} room of {name}", "{count} rooms of {name}", count)
"""
WELCOME = "Welcome, {name}."
ROOMS = ("{count} room of {name}", "{count} rooms of {name}")


def test_the_catalogs_are_complete() -> None:
    assert check(FOLDER.parent, FOLDER) == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project with two texts of its own and complete catalogs."""
    for room in ("db", "ekost_cli", "jobs", "tui"):
        (tmp_path / room).mkdir()
    (tmp_path / "ekost_cli" / "door.py").write_text(SOURCE, encoding="utf-8")
    for language in LANGUAGES:
        place = catalog_of(tmp_path, language)
        place.parent.mkdir(parents=True)
        header = catalog_of(FOLDER.parent, language).read_text(encoding="utf-8").split("\n\n")[0]
        place.write_text(header + "\n", encoding="utf-8")
    update(tmp_path, tmp_path / "locales")
    change(tmp_path, "id", translate)
    return tmp_path


def catalog_of(root: Path, language: str) -> Path:
    return root / "locales" / language / "LC_MESSAGES" / "ekost.po"


def change(root: Path, language: str, alter: Callable[[Catalog], object]) -> None:
    """Edit a catalog as a translator would."""
    path = catalog_of(root, language)
    with path.open("rb") as file:
        catalog = read_po(file)
    alter(catalog)
    with path.open("wb") as file:
        write_po(file, catalog)


def translate(catalog: Catalog) -> None:
    for text in TYPER_TEXTS:
        catalog[text].string = text
    catalog[WELCOME].string = "Selamat datang, {name}."
    catalog[ROOMS].string = ("{count} kamar milik {name}",)


def complaints(root: Path) -> list[str]:
    return [line.replace(f"{root}/locales/", "") for line in check(root, root / "locales")]


def test_a_complete_copy_has_no_complaint(root: Path) -> None:
    assert complaints(root) == []


def say(text: str | tuple[str, ...], of: str | tuple[str, str] = WELCOME) -> Callable[[Catalog], object]:
    """An edit that translates `of` as `text`."""

    def alter(catalog: Catalog) -> None:
        catalog[of].string = text

    return alter


BREAKAGES: list[tuple[Callable[[Catalog], object], str]] = [
    (lambda catalog: catalog.delete(WELCOME), f"missing: {WELCOME}"),
    (say(""), f"not translated: {WELCOME}"),
    (lambda catalog: catalog[WELCOME].flags.add("fuzzy"), f"marked as fuzzy: {WELCOME}"),
    (say("Selamat datang, {nama}."), f"other placeholders than in English: {WELCOME}"),
    (say("Selamat datang."), f"other placeholders than in English: {WELCOME}"),
    (say("Selamat datang, {name!r}."), f"other placeholders than in English: {WELCOME}"),
    (lambda catalog: catalog.add("Gone", "Hilang"), "no longer used: Gone"),
    (lambda catalog: catalog.obsolete.update(Gone=catalog[WELCOME]), f"no longer used: {WELCOME}"),
    (say(("",), of=ROOMS), f"not translated: {ROOMS[0]}"),
    (say(("kamar milik {name}",), of=ROOMS), f"other placeholders than in English: {ROOMS[0]}"),
]


@pytest.mark.parametrize(("alter", "complaint"), BREAKAGES)
def test_a_broken_catalog_is_named_with_its_text(
    root: Path, alter: Callable[[Catalog], object], complaint: str
) -> None:
    change(root, "id", alter)
    assert complaints(root) == [f"id/LC_MESSAGES/ekost.po: {complaint}"]


def test_english_may_leave_the_count_out_of_the_form_for_one(root: Path) -> None:
    source = SOURCE.replace("{count} room of", "One room of")
    (root / "ekost_cli" / "door.py").write_text(source, encoding="utf-8")
    update(root, root / "locales")
    change(root, "id", say(("{count} kamar milik {name}",), of=("One room of {name}", ROOMS[1])))
    assert complaints(root) == []


def test_a_new_text_is_missed_everywhere_until_it_is_gathered(root: Path) -> None:
    (root / "db" / "errors.py").write_text('message = N_("Refused.")', encoding="utf-8")
    assert complaints(root) == [
        "ekost.pot: out of date",
        "id/LC_MESSAGES/ekost.po: missing: Refused.",
        "en/LC_MESSAGES/ekost.po: missing: Refused.",
    ]
    update(root, root / "locales")
    assert complaints(root) == ["id/LC_MESSAGES/ekost.po: not translated: Refused."]


def test_a_text_that_is_gone_leaves_the_catalogs(root: Path) -> None:
    (root / "ekost_cli" / "door.py").write_text("", encoding="utf-8")
    update(root, root / "locales")
    assert complaints(root) == []
    assert "Selamat datang" not in catalog_of(root, "id").read_text(encoding="utf-8")


def test_english_fills_itself_in(root: Path) -> None:
    english = catalog_of(root, "en").read_text(encoding="utf-8")
    assert f'msgstr "{WELCOME}"' in english
    assert f'msgstr[0] "{ROOMS[0]}"\nmsgstr[1] "{ROOMS[1]}"' in english


def test_the_note_for_translators_is_carried_over(root: Path) -> None:
    for language in LANGUAGES:
        assert "#. Translators: said at the door\n" in catalog_of(root, language).read_text(encoding="utf-8")


def written(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (root / "locales").rglob("*") if path.is_file()}


def test_nothing_new_said_leaves_every_file_as_it_was(root: Path) -> None:
    update(root, root / "locales")
    before = written(root)
    assert len(before) == 5
    (root / "ekost_cli" / "door.py").write_text("\n\n\n" + SOURCE, encoding="utf-8")
    update(root, root / "locales")
    assert written(root) == before


def test_the_command_names_what_is_amiss_and_fails(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extract, "FOLDER", root / "locales")
    monkeypatch.setattr(sys, "argv", ["extract", "--check"])
    assert extract.main() == 0
    change(root, "id", say(""))
    assert extract.main() == 1
    assert f"not translated: {WELCOME}" in capsys.readouterr().err


def test_the_command_gathers_before_it_looks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "FOLDER", root / "locales")
    monkeypatch.setattr(sys, "argv", ["extract"])
    (root / "ekost_cli" / "door.py").write_text("", encoding="utf-8")
    assert extract.main() == 0
    assert WELCOME not in catalog_of(root, "en").read_text(encoding="utf-8")
