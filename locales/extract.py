"""Keep the catalogs complete: `python -m locales.extract` gathers the texts, `--check` says what is amiss.

Babel does the reading and writing. What is ours: English fills itself in, nothing is guessed by
similarity, and the files hold neither dates nor line numbers, so that a diff shows texts only.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from locales.catalogs import DOMAIN, FOLDER, LANGUAGES

ROOMS = ("db", "ekost_cli", "jobs", "locales", "tui")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]")
# Babel insists on a date; one that never moves leaves the files alone when nothing was said anew.
FIXED_DATE = datetime(2026, 11, 22, tzinfo=UTC)
HEADER = "# The texts of E-Kost."
# Lines of the header that would change with every run or hold somebody's address.
IDLE_HEADERS = (b'"Project-Id', b'"Report-Msgid', b'"Last-Translator', b'"Language-Team', b'"Generated-By')

# Typer's own texts that reach people. It looks them up itself, in the domain that `install_for_typer` sets.
TYPER_TEXTS = (
    "(deprecated) ",
    "(dynamic)",
    "Aborted!",
    "Arguments",
    "Commands",
    "Error",
    "Missing command.",
    "No such command {name!r}.",
    "Options",
    "default: {default}",
    "env var: {var}",
    "required",
)


def gather(root: Path) -> Catalog:
    """Every text in the source under `root`, with the files it stands in and the notes for translators."""
    template = Catalog(creation_date=FIXED_DATE, revision_date=FIXED_DATE, header_comment=HEADER, fuzzy=False)
    for room in ROOMS:
        for name, _line, message, comments, _context in extract_from_dir(
            root / room, keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            template.add(message, None, [(f"{room}/{name}", 0)], auto_comments=comments)
    for text in TYPER_TEXTS:
        template.add(text, None, [("typer", 0)])
    return template


def renew(catalog: Catalog, template: Catalog) -> None:
    """Bring `catalog` to the texts of `template`: new ones empty (English: filled in), gone ones dropped."""
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=True)
    catalog.obsolete.clear()
    catalog.revision_date, catalog.fuzzy = FIXED_DATE, False
    if str(catalog.locale) == "en":
        for message in _texts(catalog):
            message.string = message.id


def complaints(catalog: Catalog, template: Catalog) -> Iterator[str]:
    """What is amiss in `catalog`, one line each."""
    known = {_key(message) for message in _texts(catalog)}
    wanted = {_key(message) for message in _texts(template)}
    yield from (f"missing: {text}" for text in sorted(wanted - known))
    yield from (f"no longer used: {text}" for text in sorted(known - wanted))
    yield from (f"no longer used: {_key(message)}" for message in catalog.obsolete.values())
    for message in _texts(catalog):
        yield from (f"{complaint}: {_key(message)}" for complaint in _faults(message, catalog.num_plurals))


def _faults(message: Message, plurals: int) -> Iterator[str]:
    forms = _forms(message.string)
    if not (forms and all(forms)) or (message.pluralizable and len(forms) != plurals):
        yield "not translated"
    elif message.fuzzy:
        yield "marked as fuzzy"
    elif any(_placeholders(form) not in _allowed(message, form, forms) for form in forms):
        yield "other placeholders than in English"


def _allowed(message: Message, form: str, forms: list[str]) -> list[set[str]]:
    """The sets of placeholders a form may hold; only a form of its own for one may leave the count out."""
    english = [_placeholders(text) for text in _forms(message.id)]
    return english if len(forms) > 1 and form is forms[0] else english[-1:]


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _texts(catalog: Catalog) -> list[Message]:
    """The messages without the header, which gettext keeps under the empty id."""
    return [message for message in catalog if message.id]


def _key(message: Message) -> str:
    return _forms(message.id)[0]


def _written(catalog: Catalog) -> bytes:
    """The file as it stands in git: sorted, without line numbers."""
    buffer = BytesIO()
    write_po(buffer, catalog, sort_output=True, include_lineno=False, width=100)
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(IDLE_HEADERS))


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _source(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def update(root: Path, folder: Path) -> None:
    """Write the template, both catalogs and their compiled files."""
    template = gather(root)
    (folder / f"{DOMAIN}.pot").write_bytes(_written(template))
    for language in LANGUAGES:
        path = _source(folder, language)
        catalog = _read(path, language)
        renew(catalog, template)
        path.write_bytes(_written(catalog))
        with path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalog)


def check(root: Path, folder: Path) -> list[str]:
    """Every complaint about the template and the catalogs; an empty list when all is well."""
    template = gather(root)
    template_path = folder / f"{DOMAIN}.pot"
    current = template_path.exists() and template_path.read_bytes() == _written(template)
    found = [] if current else [f"{template_path}: out of date"]
    for language in LANGUAGES:
        path = _source(folder, language)
        found += [f"{path}: {complaint}" for complaint in complaints(_read(path, language), template)]
    return found


def main() -> int:
    """Update, or with `--check` only look; 1 when something is amiss."""
    parser = argparse.ArgumentParser(prog="python -m locales.extract", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; name what is amiss")
    arguments = parser.parse_args()
    root = FOLDER.parent
    if not arguments.check:
        update(root, FOLDER)
    found = check(root, FOLDER)
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
