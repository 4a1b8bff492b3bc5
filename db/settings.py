"""Settings: from the environment, the user's file, the machine's file, or the defaults; each knows its origin.

Read at every start, so only the standard library is used, and the TOML parser only where there is a file.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, cast

from db.errors import N_, UsageError
from db.settings_path import SYSTEM_FILE, open_to_others, settings_files

DEFAULT = "default"
# The table of a file that gives the screens other keys.
KEYS_TABLE = "tui.keys"
LANGUAGES = ("id", "en")
# What Textual brings; the screens are not loaded to check a file.
THEMES = (
    "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light",
    "tokyo-night",
)  # fmt: skip
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
# Variables of ours that are no settings.
OTHER_VARIABLES = frozenset(
    {"EKOST_DEBUG", "EKOST_PG_BIN", "EKOST_REDIS_BIN", "EKOST_RUN_AS", "EKOST_TEST_DATABASE_URL"}
)


class ConfigError(UsageError):
    """The configuration is wrong; the base of its errors. `place` is a file with its line, or a variable."""

    code = "config"
    message = N_("{place}: the configuration is wrong.")
    hint = N_("`ekost config validate` shows everything that is wrong.")


class ConfigSyntaxError(ConfigError):
    """A file is not TOML."""

    code = "config_syntax"
    message = N_("{place}: this is not valid TOML.")
    hint = N_('A line looks like this: property = "KOSA"')


class ConfigUnreadableError(ConfigError):
    """A file is there but can't be read."""

    code = "config_unreadable"
    message = N_("{place} can't be read: {reason}.")
    hint = N_("Make it readable for you, or remove it.")


class UnknownSettingError(ConfigError):
    """A key that no setting has."""

    code = "config_unknown"
    message = N_("{place}: there is no setting “{key}”.")
    hint = N_("Did you mean {nearest}?")


class SettingValueError(ConfigError):
    """A value of the wrong kind."""

    code = "config_value"
    message = N_("{place}: “{key}” can't be {value}.")
    hint = N_("Expected: {expected}.")


def _setting(default: Any, purpose: str, *, variable: str = "", secret: bool = False, choices: Any = ()) -> Any:
    metadata = {"help": purpose, "variable": variable, "secret": secret, "choices": choices}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be configured. Times are in whole seconds, 0 is for ever."""

    database_url: str | None = _setting(
        None, N_("Address of your own PostgreSQL; without it the bundled one is used."), secret=True
    )
    replica_urls: str | None = _setting(
        None,
        N_("Addresses of standbys that lists and reports may read, with spaces between them."),
        secret=True,
    )
    replica_lag: int = _setting(30, N_("Seconds that a standby may be behind; then the primary is read."))
    redis_url: str | None = _setting(
        None, N_("Address of your own Redis or Valkey; without it the bundled one is used."), secret=True
    )
    cache_url: str | None = _setting(
        None,
        N_("Address of a Redis or Valkey that keeps lists and balances, or “bundled”; without it nothing is kept."),
        secret=True,
    )
    home: str | None = _setting(None, N_("Folder of the bundled servers."))
    property: str | None = _setting(None, N_("Code of the property that commands work on."))
    language: str | None = _setting(None, N_("Language of texts for people."), variable="EKOST_LANG", choices=LANGUAGES)
    insecure_tls: bool = _setting(
        False, N_("Whether servers elsewhere may be reached without a proof of who they are, or in clear text.")
    )
    connect_timeout: int = _setting(5, N_("Seconds to wait for a connection."))
    statement_timeout: int = _setting(60, N_("Seconds that one statement may take."))
    lock_timeout: int = _setting(10, N_("Seconds to wait for another change of the same rows."))
    slow_query_ms: int = _setting(
        1000, N_("Milliseconds after which a statement is written down by its name; 0 writes none down.")
    )
    pool_size: int = _setting(0, N_("Connections that the screens and each worker process keep open; 0 is 3 and 6."))
    import_max_mib: int = _setting(1024, N_("Largest file that may be imported, in MiB; 0 is any size."))
    audit_keep_years: int = _setting(
        0, N_("Years of the audit that stay in the book; a worker detaches older ones. 0 keeps all.")
    )
    tui_theme: str | None = _setting(None, N_("Colours of the screens."), choices=THEMES)
    # The keys of the screens that are not the usual ones, by the name of what they do: the table `[tui.keys]`.
    tui_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    PREFIX: ClassVar[str] = "EKOST_"

    def origin(self, key: str) -> str:
        """Where the value of a setting comes from: a variable, a file, or `default`."""
        return self.origins.get(key, DEFAULT)


def known_settings() -> dict[str, Field[Any]]:
    """Every setting by its key; `metadata` holds its help, its variable and whether it is a secret."""
    return {it.name: it for it in fields(Settings) if it.metadata}


def variable_of(key: str) -> str:
    """The environment variable of a setting: `EKOST_DATABASE_URL`."""
    return str(known_settings()[key].metadata["variable"]) or Settings.PREFIX + key.upper()


def load_settings(environ: Mapping[str, str] = os.environ, system_file: Path = SYSTEM_FILE) -> Settings:
    """The settings that hold for this process. Raises ConfigError for the first thing that is wrong."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for path in settings_files(environ, system_file):
        found = read_file(path)
        if found:
            _refuse_exposed(path)
        given = found.pop("tui_keys", {})
        keys |= given
        origins |= dict.fromkeys((f"{KEYS_TABLE}.{name}" for name in given), str(path))
        for key, value in found.items():
            values[key], origins[key] = value, str(path)
    for key, value in read_environment(environ).items():
        values[key], origins[key] = value, variable_of(key)
    return Settings(**values, tui_keys=keys, origins=origins)


def _refuse_exposed(path: Path) -> None:
    # Only a file with a password in it is a secret; the one of a machine, say, is read by everybody as it should be.
    if open_to_others(path):
        from db.settings_file import exposure  # noqa: PLC0415 - only where a file is open

        for error in exposure(path):
            raise error


def read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings in environment variables; an empty variable says nothing."""
    given = {key: environ.get(variable_of(key)) for key in known_settings()}
    return {key: parse(key, text, variable_of(key)) for key, text in given.items() if text}


def variable_problems(environ: Mapping[str, str]) -> list[ConfigError]:
    """Every variable that is no setting's, or holds what its setting can't be."""
    found: list[ConfigError] = []
    for key in known_settings():
        try:
            read_environment({variable_of(key): environ.get(variable_of(key), "")})
        except ConfigError as error:
            found.append(error)
    known = {variable_of(key) for key in known_settings()} | OTHER_VARIABLES
    for name in sorted(environ):
        if name.startswith(Settings.PREFIX) and name not in known:
            found.append(UnknownSettingError(place=name, key=name, nearest=nearest_of(name, known)))
    return found


def read_file(path: Path) -> dict[str, Any]:
    """The settings in a TOML file; none if there is no file. Raises ConfigError."""
    values: dict[str, Any] = {}
    check_file(path, _raise, values)
    return values


def check_file(path: Path, tell: Callable[[ConfigError], None], values: dict[str, Any]) -> None:
    """Put the good settings of a file into `values` and tell every error of the others."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, UnicodeError) as error:
        tell(ConfigUnreadableError(place=path, reason=getattr(error, "strerror", None) or "UTF-8"))
        return
    found = _parse_toml(text, path, tell)
    if "tui" in found:
        from db.settings_keys import check_table  # noqa: PLC0415 - only where there is such a table

        values["tui_keys"] = check_table(found.pop("tui"), text, path, tell)
    for key, value in found.items():
        place = f"{path}:{line_of(key, text)}"
        try:
            values[key] = checked(key, value, place)
        except ConfigError as error:
            tell(error)


def checked(key: str, value: Any, place: str) -> Any:
    """A value that fits its setting. Raises UnknownSettingError, SettingValueError."""
    setting = known_settings().get(key)
    if setting is None:
        raise UnknownSettingError(place=place, key=key, nearest=nearest_of(key, known_settings()))
    if _is_number(setting):
        good = type(value) is int and value >= 0
    elif _is_flag(setting):
        good = isinstance(value, bool)
    else:
        choices = setting.metadata["choices"]
        good = isinstance(value, str) and value != "" and (not choices or value in choices)
    if not good:
        shown = "***" if setting.metadata["secret"] else repr(value)
        raise SettingValueError(place=place, key=key, value=shown, expected=_expected(setting))
    return value


def parse(key: str, text: str, place: str) -> Any:
    """The value that a text stands for, in a variable or on a command line. Raises ConfigError."""
    setting = known_settings().get(key)
    if setting is not None and _is_flag(setting):
        return checked(key, _FLAGS.get(text.lower(), text), place)
    number = setting is not None and _is_number(setting) and text.isascii() and text.isdigit() and len(text) < 10
    return checked(key, int(text) if number else text, place)


def line_of(key: str, text: str) -> int:
    """The line of a file on which a key is set, counted from 1."""
    names = (key, f'"{key}"', f"'{key}'", f"[{key}]")
    for number, line in enumerate(text.splitlines(), 1):
        if line.partition("=")[0].strip() in names:
            return number
    return 1


def _parse_toml(text: str, path: Path, tell: Callable[[ConfigError], None]) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number with thousands of digits, or brackets in brackets
        # The parser tells the place in its text only: "… (at line 3, column 5)" or "(at end of document)".
        _before, _at, after = str(error).rpartition("at line ")
        digits = after.partition(",")[0]
        number = digits if digits.isdigit() else str(max(1, len(text.splitlines())))
        tell(ConfigSyntaxError(place=f"{path}:{number}"))
        return {}


def _raise(error: ConfigError) -> None:
    raise error


def _is_number(setting: Field[Any]) -> bool:
    return setting.type is int


def _is_flag(setting: Field[Any]) -> bool:
    return setting.type is bool


def _expected(setting: Field[Any]) -> str:
    if _is_number(setting):
        return "0, 1, 2, …"
    if _is_flag(setting):
        return "true, false"
    return ", ".join(cast("tuple[str, ...]", setting.metadata["choices"])) or '"…"'


def nearest_of(key: str, known: Iterable[str]) -> str:
    """What somebody may have meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    return str((get_close_matches(key, list(known), n=1, cutoff=0) or [""])[0])
