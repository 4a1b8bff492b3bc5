"""The doctor sees what is wrong with the machine and the configuration."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from db.doctor.finding import Finding
from db.doctor.machine import examine_machine
from db.settings_file import write_setting


def examine(home: Path, environ: Mapping[str, str] | None = None) -> list[Finding]:
    return list(examine_machine(home, environ or {"HOME": str(home)}, home / "none.toml"))


def ills(home: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    found = examine(home, environ)
    return {row.check: row.message.format_map(row.fields) for row in found if row.status != "pass"}


def test_a_machine_in_order_is_fine(tmp_path: Path) -> None:
    found = examine(tmp_path / "home")
    assert [row.check for row in found] == ["python", "driver", "timezones", "configuration", "home", "disk"]
    assert {row.status for row in found} == {"pass"}


def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".config" / "ekost" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('language = "id"\nlock_timeout = "soon"\n')
    assert f"{file}:2" in ills(tmp_path)["configuration"]


def test_a_password_that_others_can_read_is_told_without_the_password(tmp_path: Path) -> None:
    file = tmp_path / ".config" / "ekost" / "config.toml"
    write_setting(file, "database_url", "postgresql://ekost:geheim@host/ekost")
    assert ills(tmp_path) == {}
    file.chmod(0o644)
    told = ills(tmp_path)["configuration"]
    assert "database_url" in told
    assert "geheim" not in told
    file.write_text('language = "id"')
    file.chmod(0o666)
    assert ills(tmp_path) == {"configuration": f"Others of this machine can write to {file}."}


def test_a_password_in_a_variable_and_a_password_file_that_is_open_are_warned_of(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    url = {"EKOST_REDIS_URL": "rediss://u:geheim@h/0", "EKOST_DATABASE_URL": "postgresql://u@h/0"}
    told = ills(tmp_path, home | url)
    assert told == {"passwords": "EKOST_REDIS_URL holds a password: whatever you start can read it."}
    file = tmp_path / ".pgpass"
    file.touch(0o600)
    assert ills(tmp_path) == {}
    file.chmod(0o640)
    for environ in (home, {"HOME": "/", "PGPASSFILE": str(file)}):
        assert ills(tmp_path, environ) == {"passwords": f"{file} is not used: others of this machine can look into it."}


def test_a_variable_that_means_nothing_is_told(tmp_path: Path) -> None:
    assert "EKOST_DATABSE_URL" in ills(tmp_path, {"HOME": str(tmp_path), "EKOST_DATABSE_URL": "x"})["configuration"]


@pytest.mark.parametrize("loose", ["secrets.json", "pgdata"])
def test_secrets_and_data_that_others_can_look_into_are_told(tmp_path: Path, loose: str) -> None:
    home = tmp_path / "home"
    base = home / "state" if tmp_path.owner() == "root" else home
    base.mkdir(parents=True)
    (base / "secrets.json").touch(0o600)
    (base / "pgdata").mkdir(0o700)
    home.chmod(0o711)
    if base != home:
        import os

        os.chown(base, 1, 1)
    base.chmod(0o700)
    assert ills(home) == {}
    (base / loose).chmod(0o755)
    assert str(base / loose) in ills(home)["home"]
