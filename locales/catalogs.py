"""The language in which E-Kost speaks to people: one catalog per process, chosen once at start-up.

Messages are English in the source and translated where they are shown. Importing this costs next to
nothing: Babel is loaded only in a source checkout whose compiled catalogs are missing or out of date.
"""

import gettext
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Protocol

DOMAIN = "ekost"
FOLDER = Path(__file__).parent
LANGUAGES = ("id", "en")
FALLBACK = "en"
# An installer writes both files anew, in either order; only a greater distance means an edited source.
INSTALL_SECONDS = 10
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class Backup(Protocol):
    """Where compiled catalogs may be kept beside the memory of a process."""

    def get(self, locale: str, file: str) -> bytes | None:
        """The catalog compiled from `file`, which names its content."""

    def put(self, locale: str, file: str, compiled: bytes) -> None:
        """Keep a catalog."""


class _Speech:
    """What the process speaks now; English until a language is set."""

    # Finds the backup, and is asked only where a catalog would have to be compiled.
    backup: Callable[[], Backup | None] = staticmethod(lambda: None)
    language = FALLBACK
    catalog: gettext.NullTranslations = gettext.NullTranslations()


# What is said instead within `speaking`: of this thread alone, since the screens go on in another one.
_RECIPIENT: ContextVar[str | None] = ContextVar("recipient", default=None)


def set_language(code: str) -> str:
    """Speak the language of `code` (`id`, `id_ID.UTF-8`, `en`, ...) from now on; return the one chosen."""
    _Speech.language = _supported(code)
    _Speech.catalog = _catalog(_Speech.language)
    return _Speech.language


def back_up(find: Callable[[], Backup | None]) -> None:
    """Keep catalogs that had to be compiled in what `find` finds, from now on."""
    _Speech.backup = staticmethod(find)


def current_language() -> str:
    """The language spoken now: `id` or `en`."""
    return _RECIPIENT.get() or _Speech.language


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Say everything in the block in the language of who will read it; with None in the one set last."""
    token = _RECIPIENT.set(None if code is None else _supported(code))
    try:
        yield
    finally:
        _RECIPIENT.reset(token)


def _(message: str) -> str:
    """`message` in the current language; the English text itself when nobody translated it yet."""
    # The empty message is the catalog's own header in gettext, never a text to show.
    return _spoken().gettext(message) if message else ""


def N_(message: str) -> str:  # noqa: N802 - the marker that message extraction looks for
    """Mark a text of this room or of a front end for translation without translating it here."""
    return message


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that fits `count`; English has two, Indonesian one. Fill `{count}` yourself."""
    return _spoken().ngettext(singular, plural, count)


def pick_language(
    flag: str | None = None, environ: Mapping[str, str] = os.environ, configured: str | None = None
) -> str:
    """The language to speak: `--lang`, then EKOST_LANG, then the configuration, then the locale.

    The first that says anything decides; what is not Indonesian is answered in English.
    """
    places = (flag, environ.get("EKOST_LANG"), configured, *map(environ.get, LOCALE_VARIABLES))
    return _supported(next(filter(None, places), FALLBACK))


def install_for_typer() -> None:
    """Let Typer's own texts (panel titles, "No such command") follow the current language.

    Typer asks gettext's global domain, some of it while it is imported: call this before importing it.
    The standard library takes that domain's language from the environment and nowhere else.
    """
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = _Speech.language


def _supported(code: str) -> str:
    """A code such as `id_ID.UTF-8` reduced to a language that has a catalog; `C` and `POSIX` are English."""
    language = re.split(r"[-_.@]", code.lower())[0]
    return language if language in LANGUAGES else FALLBACK


def _spoken() -> gettext.NullTranslations:
    recipient = _RECIPIENT.get()
    return _Speech.catalog if recipient is None else _catalog(recipient)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    return load(FOLDER / language / "LC_MESSAGES")


def load(folder: Path) -> gettext.NullTranslations:
    """The compiled catalog of `folder`, or its source when that is newer or alone."""
    compiled, source = folder / f"{DOMAIN}.mo", folder / f"{DOMAIN}.po"
    if _up_to_date(compiled, source):
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    return gettext.GNUTranslations(_compiled(source)) if source.exists() else gettext.NullTranslations()


def _up_to_date(compiled: Path, source: Path) -> bool:
    """Whether the source, if there is one, wasn't edited after it was compiled."""
    if not compiled.exists():
        return False
    return not source.exists() or source.stat().st_mtime - compiled.stat().st_mtime < INSTALL_SECONDS


def _compiled(source: Path) -> BytesIO:
    """The catalog of a source, from the backup if that has it for this very file."""
    backup = _Speech.backup()
    if backup is None:
        return _compile(source)
    found = source.stat()
    locale, file = source.parent.parent.name, f"{source} {found.st_size} {found.st_mtime_ns}"
    kept = backup.get(locale, file)
    if kept is None:
        kept = _compile(source).getvalue()
        backup.put(locale, file, kept)
    return BytesIO(kept)


def _compile(source: Path) -> BytesIO:
    """The bytes of a `.mo`, made in memory so that a read-only checkout speaks too."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - heavy, and seldom needed
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return compiled
