"""Which language is spoken, and that it is spoken everywhere."""

import os
import subprocess
import sys
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from locales.catalogs import FOLDER, _, current_language, load, ngettext, pick_language, set_language, speaking
from locales.formats import money

SOURCE = """
msgid ""
msgstr ""
"Language: id\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Room"
msgstr "Kamar"

msgid "{count} room"
msgid_plural "{count} rooms"
msgstr[0] "{count} kamar"
"""


@pytest.mark.parametrize(
    ("flag", "environ", "configured", "expected"),
    [
        ("id", {"EKOST_LANG": "en", "LC_ALL": "en_US.UTF-8"}, "en", "id"),
        ("en", {"EKOST_LANG": "id", "LANG": "id_ID.UTF-8"}, "id", "en"),
        (None, {"EKOST_LANG": "id", "LC_ALL": "en_US.UTF-8"}, "en", "id"),
        (None, {"LC_ALL": "en_US.UTF-8"}, "id", "id"),
        (None, {"LC_ALL": "id_ID.UTF-8", "LC_MESSAGES": "en_US", "LANG": "en_US"}, None, "id"),
        (None, {"LC_MESSAGES": "id_ID", "LANG": "en_US"}, None, "id"),
        (None, {"LANG": "id_ID.UTF-8"}, None, "id"),
        (None, {"LANG": "id"}, None, "id"),
        (None, {"LANG": "id.UTF-8"}, None, "id"),
        (None, {"LANG": "id@latin"}, None, "id"),
        (None, {"LC_ALL": "", "LANG": "id_ID"}, None, "id"),
        (None, {"EKOST_LANG": "", "LANG": "id_ID"}, "", "id"),
        (None, {"LC_ALL": "C", "LANG": "id_ID"}, None, "en"),
        (None, {"LC_ALL": "POSIX"}, None, "en"),
        (None, {"LANG": "C.UTF-8"}, None, "en"),
        (None, {"LANG": "fr_FR.UTF-8"}, None, "en"),
        (None, {"LANG": "idaho"}, None, "en"),
        ("ID-id", {}, None, "id"),
        (None, {}, None, "en"),
    ],
)
def test_the_first_place_that_names_a_language_decides(
    flag: str | None, environ: dict[str, str], configured: str | None, expected: str
) -> None:
    assert pick_language(flag, environ, configured) == expected


def test_an_unknown_language_is_answered_in_english() -> None:
    assert set_language("fr_FR") == "en"
    assert current_language() == "en"


def test_texts_follow_the_language_that_was_set() -> None:
    assert _("Options") == "Options"
    set_language("id")
    assert current_language() == "id"
    assert _("Options") == "Opsi"


def test_a_text_without_translation_is_shown_in_english(indonesian: None) -> None:
    assert _("A text that no catalog holds.") == "A text that no catalog holds."


def test_the_empty_text_is_not_the_header_of_the_catalog(indonesian: None) -> None:
    assert _("") == ""


def test_english_has_a_plural_of_its_own() -> None:
    assert [ngettext("{count} room", "{count} rooms", count) for count in (0, 1, 2)] == [
        "{count} rooms",
        "{count} room",
        "{count} rooms",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An Indonesian source of its own, with nothing compiled."""
    (tmp_path / "ekost.po").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def compile_in(folder: Path, *, changed: str = "Kamar") -> Path:
    """Put a compiled catalog beside the source, told apart by its word for a room."""
    compiled = folder / "ekost.mo"
    source = BytesIO(SOURCE.replace("Kamar", changed).encode())
    with compiled.open("wb") as file:
        write_mo(file, read_po(source))
    return compiled


def test_a_checkout_speaks_before_anything_was_compiled(folder: Path) -> None:
    catalog = load(folder)
    assert catalog.gettext("Room") == "Kamar"
    assert {catalog.ngettext("{count} room", "{count} rooms", count) for count in (0, 1, 5)} == {"{count} kamar"}
    assert not (folder / "ekost.mo").exists()


def test_an_installed_catalog_needs_no_source(folder: Path) -> None:
    compile_in(folder)
    (folder / "ekost.po").unlink()
    assert load(folder).gettext("Room") == "Kamar"


def test_the_compiled_catalog_is_preferred_until_its_source_changes(folder: Path) -> None:
    compiled = compile_in(folder, changed="Ruang")
    assert load(folder).gettext("Room") == "Ruang"
    os.utime(compiled, (1, 1))
    assert load(folder).gettext("Room") == "Kamar"


def test_files_of_one_installation_may_be_written_in_any_order(folder: Path) -> None:
    compiled = compile_in(folder, changed="Ruang")
    os.utime(compiled, (1000, 1000))
    os.utime(folder / "ekost.po", (1001, 1001))
    assert load(folder).gettext("Room") == "Ruang"


def test_a_missing_catalog_leaves_english(tmp_path: Path) -> None:
    assert load(tmp_path).gettext("Room") == "Room"


def run(code: str, **environ: str) -> str:
    """What a fresh Python prints for `code`: gettext's global domain and imports belong to a process."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=FOLDER.parent,
        env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


TYPER = """
from locales.catalogs import install_for_typer, set_language
set_language({language!r})
install_for_typer()
import typer
app = typer.Typer(rich_markup_mode=None)
app.callback()(lambda: None)
app.command()(lambda: None)
app(["--help"], prog_name="x")
"""


@pytest.mark.parametrize(("language", "panel"), [("id", "Opsi:"), ("en", "Options:")])
@pytest.mark.parametrize("locale", ["C", "id_ID.UTF-8", "en_US.UTF-8"])
def test_the_help_of_typer_speaks_the_chosen_language(language: str, panel: str, locale: str) -> None:
    assert panel in run(TYPER.format(language=language), LANG=locale).splitlines()


def test_speaking_loads_no_heavy_library() -> None:
    loaded = run(
        "import sys; from locales import catalogs, formats, safe; catalogs.set_language('id');"
        "catalogs._('Options'); safe.safe('\\x1b'); print(*sys.modules)"
    )
    assert not {"babel", "phonenumbers", "typer", "rich"} & set(loaded.split())


def test_a_recipient_is_spoken_to_in_a_language_of_their_own_while_others_are_not() -> None:
    before = set_language("en")
    heard: list[str] = []
    with speaking("id_ID"):
        # The screens go on in another thread, and in theirs.
        other = Thread(target=lambda: heard.append(current_language() + " " + _("Room")))
        other.start()
        other.join()
        assert (current_language(), _("Room"), money(Decimal("1.5"), "USD")) == ("id", "Kamar", "US$1,50")
        with speaking(None):
            assert _("Room") == "Room"
        assert _("Room") == "Kamar"
    assert (before, current_language(), heard) == ("en", "en", ["en Room"])
