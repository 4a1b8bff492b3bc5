"""Where files of ours are looked for; apart, since most starts find none and need no more than this."""

import os
from collections.abc import Mapping
from pathlib import Path

SYSTEM_FILE = Path("/etc/ekost/config.toml")


def user_file(environ: Mapping[str, str] = os.environ) -> Path:
    """$XDG_CONFIG_HOME/ekost/config.toml, or the same below ~/.config."""
    base = environ.get("XDG_CONFIG_HOME") or ""
    # The standard says that a relative path is to be ignored.
    folder = Path(base) if base.startswith("/") else Path(environ.get("HOME") or "/") / ".config"
    return folder / "ekost" / "config.toml"


def has_state(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether anything can be remembered: the folder would lie nowhere without these."""
    return bool(environ.get("XDG_STATE_HOME") or environ.get("HOME"))


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """$XDG_STATE_HOME/ekost, or the same below ~/.local/state: what is remembered between two commands."""
    base = environ.get("XDG_STATE_HOME") or ""
    folder = Path(base) if base.startswith("/") else Path(environ.get("HOME") or "/") / ".local/state"
    return folder / "ekost"


def make_private(folder: Path) -> None:
    """Make a folder that is ours alone, but no home: the one of an account without any lies nowhere. Raises OSError."""
    if not Path(*folder.parts[:2]).is_dir():
        raise FileNotFoundError(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def settings_files(environ: Mapping[str, str] = os.environ, system_file: Path = SYSTEM_FILE) -> list[Path]:
    """The files that are there, the weaker one first."""
    return [path for path in (system_file, user_file(environ)) if _is_there(path)]


def open_to_others(path: Path) -> bool:
    """Whether other accounts of this machine may look into a file of ours; of root's, a group may. Raises OSError."""
    found = path.stat()
    # As PostgreSQL does it for keys: who maintains a machine lets a group of services read what root has written.
    return bool(found.st_mode & (0o037 if found.st_uid == 0 else 0o077))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # in a folder closed to us: whoever reads it will say so
