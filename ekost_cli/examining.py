"""What an installation consists of, examined part by part: for `ekost doctor` and for the screens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.errors import N_, EkostError
from locales.catalogs import DOMAIN, FOLDER, LANGUAGES

if TYPE_CHECKING:
    from db.doctor.finding import Finding
    from ekost_cli.context import Context


def examine(ekost: "Context") -> Iterator["Finding"]:
    """The program, the machine, the database, the servers; it goes on where something is broken."""
    from db.doctor.finding import fine, of_error
    from db.doctor.installation import examine_servers
    from db.doctor.machine import examine_machine
    from ekost_cli.main import VERSION

    yield fine("program", N_("E-Kost {version}"), version=VERSION)
    yield _languages()
    try:
        home = ekost.home
    except EkostError as error:  # without settings there is no telling which servers are meant
        yield of_error("configuration", error)
        return
    yield from examine_machine(home)
    yield from examine_servers(ekost.settings, home, lambda: ekost.any_database)


def _languages() -> "Finding":
    from db.doctor.finding import doubtful, fine

    for language in LANGUAGES:
        if not (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").exists():
            told, hint = N_("The catalog of the language {language} is not compiled."), N_("Install the package again.")
            return doubtful("languages", told, hint, language=language)
    return fine("languages", N_("The languages {languages} are there."), languages=", ".join(LANGUAGES))
