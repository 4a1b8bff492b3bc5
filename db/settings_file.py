"""Change one line of the user's configuration file and leave the rest, comments included, as it was."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.errors import N_
from db.settings import KEYS_TABLE, ConfigError, ConfigUnreadableError, known_settings, parse, variable_of
from db.settings_path import open_to_others

_PRIVATE = 0o600
# Greedy up to the last @: a password may hold one although it should not.
_NEXT = re.compile(r"\s+(?=postgres(?:ql)?(?:\+\w+)?://)")
_PASSWORD = re.compile(r"(?<=://)([^:/@?]*:).+(?=@)|([?&](?:ssl)?password=)[^&]+")
# One server of an address. A word where its port belongs may be a password whose @ was forgotten.
_SERVER = re.compile(r"(?:\[[^]]*\]|[^:]*)(?::\d*)?")


class NotEditableError(ConfigError):
    """A file is written in a way that one line can't change."""

    code = "config_not_editable"
    message = N_("{place}: “{key}” can't be set here automatically.")
    hint = N_("Open the file in an editor and write: {line}")


class SecretExposedError(ConfigError):
    """A password lies in a file that others can read. It is not used: who reads it can use it too."""

    code = "config_exposed"
    message = N_("{place}: other users of this machine can read the password in “{key}”.")
    hint = N_("Close it: chmod 600 {place}")


def write_setting(path: Path, key: str, text: str) -> Any:
    """Set `key` in the file to what `text` stands for, and return that; the file is replaced at once, or not at all.

    Raises UnknownSettingError, SettingValueError, NotEditableError, ConfigUnreadableError.
    """
    if key.startswith(f"{KEYS_TABLE}."):
        line = f"{KEYS_TABLE}.{json.dumps(key.removeprefix(f'{KEYS_TABLE}.'))} = {json.dumps(text, ensure_ascii=False)}"
        raise NotEditableError(place=path, key=key, line=line)
    value = parse(key, text, str(path))
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = _with_line(before, key, line)
        if not _says(after, key, value):
            raise NotEditableError(place=path, key=key, line=line)
        _replace(path, after, secret=key in _secrets() and holds_password(text))
        return value
    except (OSError, UnicodeError) as error:
        raise ConfigUnreadableError(place=path, reason=getattr(error, "strerror", None) or "UTF-8") from error


def mask(text: str) -> str:
    """An address without its password, or several with spaces between; one we can't read is hidden altogether."""
    return " ".join(map(_masked, _NEXT.split(text)))


def _masked(address: str) -> str:
    if address == "bundled":
        return address
    hidden = _PASSWORD.sub(r"\1\2***", address)
    servers = re.split(r"[/?#]", hidden.partition("://")[2], maxsplit=1)[0].rpartition("@")[2].split(",")
    return hidden if "://" in address and all(map(_SERVER.fullmatch, servers)) else "***"


def exposure(path: Path) -> list[ConfigError]:
    """An error for each password in a file that other users of the machine may read."""
    try:
        if not open_to_others(path):
            return []
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []  # told by who reads the settings
    return [SecretExposedError(place=path, key=key) for key in _secrets() if holds_password(str(found.get(key)))]


def holds_password(addresses: str) -> bool:
    """Whether a password stands in one of these addresses."""
    return _PASSWORD.search(addresses) is not None


def passwords_in(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """The settings, with their variables, whose password stands in the environment."""
    given = ((key, variable_of(key)) for key in _secrets())
    return [(key, variable) for key, variable in given if holds_password(environ.get(variable, ""))]


def _secrets() -> list[str]:
    return [key for key, setting in known_settings().items() if setting.metadata["secret"]]


def _with_line(text: str, key: str, line: str) -> str:
    """The text with the key's line replaced; a new one goes above the first table, where top-level keys end."""
    lines = text.splitlines()
    place = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
    found = [n for n, old in enumerate(lines) if place.match(old)]
    tables = [n for n, old in enumerate(lines) if old.lstrip().startswith("[")]
    if found:
        lines[found[0]] = line
    else:
        lines.insert(tables[0] if tables else len(lines), line)
    return "\n".join(lines) + "\n"


def _says(text: str, key: str, value: Any) -> bool:
    try:
        return bool(tomllib.loads(text).get(key) == value)
    except (ValueError, RecursionError):
        return False


def _replace(path: Path, text: str, *, secret: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()  # a link to a file elsewhere stays a link
    mode = target.stat().st_mode & 0o777 if target.exists() else _PRIVATE
    if secret:
        mode &= _PRIVATE  # it would be refused otherwise
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
