"""Settings: which source wins, what is refused, what is hidden."""

import os
import stat
from pathlib import Path

import pytest

from db.settings import (
    ConfigError,
    ConfigSyntaxError,
    ConfigUnreadableError,
    Settings,
    SettingValueError,
    UnknownSettingError,
    known_settings,
    load_settings,
    variable_of,
    variable_problems,
)
from db.settings_file import NotEditableError, SecretExposedError, exposure, mask, write_setting
from db.settings_path import user_file


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


@pytest.fixture
def file(environ: dict[str, str]) -> Path:
    """The user's file, in a folder that exists."""
    path = user_file(environ)
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """What stands for /etc/ekost/config.toml."""
    return tmp_path / "etc.toml"


def test_without_anything_the_defaults_hold(environ: dict[str, str], system: Path) -> None:
    settings = load_settings(environ, system)
    assert settings == Settings()
    assert (settings.connect_timeout, settings.origin("connect_timeout")) == (5, "default")


def test_the_environment_goes_before_the_user_before_the_machine(
    environ: dict[str, str], file: Path, system: Path
) -> None:
    system.write_text('property = "ETC"\nlanguage = "en"\nlock_timeout = 1\n')
    file.write_text('property = "USER"\nlanguage = "id"\n')
    settings = load_settings(environ | {"EKOST_PROPERTY": "ENV", "EKOST_LANG": ""}, system)
    assert (settings.property, settings.language, settings.lock_timeout) == ("ENV", "id", 1)
    origins = [settings.origin(key) for key in ("property", "language", "lock_timeout", "home")]
    assert origins == ["EKOST_PROPERTY", str(file), str(system), "default"]


def test_the_folder_of_the_user_follows_the_standard() -> None:
    assert user_file({"HOME": "/h"}) == Path("/h/.config/ekost/config.toml")
    assert user_file({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}) == Path("/x/ekost/config.toml")
    assert user_file({"HOME": "/h", "XDG_CONFIG_HOME": "x"}) == Path("/h/.config/ekost/config.toml")


@pytest.mark.parametrize(
    ("text", "error", "fields"),
    [
        ('a = 1\nlanguage = "id"\n', UnknownSettingError, {"key": "a"}),
        ('\n\nlanguag = "id"\n', UnknownSettingError, {"place": ":3", "nearest": "language"}),
        ('[database]\nurl = "x"\n', UnknownSettingError, {"place": ":1", "key": "database"}),
        ('language = "de"\n', SettingValueError, {"place": ":1", "value": "'de'", "expected": "id, en"}),
        ("language = 1\n", SettingValueError, {"expected": "id, en"}),
        ('lock_timeout = "1"\n', SettingValueError, {"key": "lock_timeout"}),
        ("lock_timeout = true\n", SettingValueError, {"value": "True"}),
        ("lock_timeout = -1\n", SettingValueError, {"value": "-1"}),
        ("database_url = 5\n", SettingValueError, {"value": "***"}),
        ('property = ""\n', SettingValueError, {}),
        ('property = "KOSA\nlanguage = 1', ConfigSyntaxError, {"place": ":1"}),
        ("# fine\nproperty = \n", ConfigSyntaxError, {"place": ":2"}),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    environ: dict[str, str], file: Path, system: Path, text: str, error: type[ConfigError], fields: dict[str, str]
) -> None:
    file.write_text(text)
    with pytest.raises(error) as caught:
        load_settings(environ, system)
    told = dict(caught.value.fields)
    place = fields.pop("place", "")
    assert str(told["place"]).startswith(str(file))
    assert str(told["place"]).endswith(place)
    assert {key: told[key] for key in fields} == fields


def test_a_file_that_is_no_text_is_unreadable(environ: dict[str, str], file: Path, system: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigUnreadableError):
        load_settings(environ, system)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigUnreadableError):
        load_settings(environ, system)


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "٣", "99999999999999999999"])
def test_a_wrong_variable_is_refused_by_its_name(environ: dict[str, str], system: Path, text: str) -> None:
    with pytest.raises(SettingValueError) as caught:
        load_settings(environ | {"EKOST_LOCK_TIMEOUT": text}, system)
    assert caught.value.fields["place"] == "EKOST_LOCK_TIMEOUT"


def test_variables_that_no_setting_has_are_found() -> None:
    (problem,) = variable_problems({"EKOST_DATABSE_URL": "x", "EKOST_DEBUG": "1", "EKOST_LANG": "id", "OTHER": "1"})
    assert problem.fields["nearest"] == "EKOST_DATABASE_URL"


def test_every_setting_has_a_variable_of_its_own() -> None:
    variables = [variable_of(key) for key in known_settings()]
    assert len(set(variables)) == len(variables) == len(known_settings())
    assert all(name.startswith("EKOST_") for name in variables)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://user:secret@host:5432/db", "postgresql://user:***@host:5432/db"),
        ("postgresql://user:sec@ret/x@host/db", "postgresql://user:***@host/db"),
        ("redis://:secret@host/0", "redis://:***@host/0"),
        ("postgresql://user@host/db?password=secret&x=1", "postgresql://user@host/db?password=***&x=1"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("unix:///run/ekost/valkey.sock", "unix:///run/ekost/valkey.sock"),
        ("host=x password=secret", "***"),
        ("postgresql://user:secret/db", "***"),
        ("postgresql://a:5432,[::1]:5433,b:secret/db", "***"),
    ],
)
def test_a_password_is_masked(address: str, shown: str) -> None:
    assert mask(address) == shown


def test_every_password_of_several_addresses_is_masked() -> None:
    two = "postgresql://kos:one two@r1/kos postgresql+psycopg://kos:three@r2/kos?sslpassword=four"
    assert mask(two) == "postgresql://kos:***@r1/kos postgresql+psycopg://kos:***@r2/kos?sslpassword=***"


def test_setting_a_value_keeps_the_rest_of_the_file(file: Path) -> None:
    file.write_text('# mine\nproperty = "KOSA" # house\n\nlanguage = "id"\n')
    write_setting(file, "property", 'KO"S\\B')
    write_setting(file, "lock_timeout", "20")
    assert file.read_text() == '# mine\nproperty = "KO\\"S\\\\B"\n\nlanguage = "id"\nlock_timeout = 20\n'


def test_a_new_file_is_private_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "a" / "config.toml"
    write_setting(file, "property", "KOSA")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    write_setting(file, "property", "KOSB")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(("key", "text"), [("nonsense", "1"), ("language", "de"), ("lock_timeout", "soon")])
def test_a_wrong_value_leaves_the_file_alone(file: Path, key: str, text: str) -> None:
    file.write_text('language = "id"\n')
    with pytest.raises(ConfigError):
        write_setting(file, key, text)
    assert file.read_text() == 'language = "id"\n'


@pytest.mark.parametrize("text", ['property = """\nKOSA\n"""\n', "broken = \n"])
def test_a_file_that_one_line_cannot_change_is_left_alone(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(NotEditableError):
        write_setting(file, "property", "KOSB")
    assert file.read_text() == text


def test_a_link_to_a_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    target.write_text("")
    file.symlink_to(target)
    write_setting(file, "property", "KOSA")
    assert file.is_symlink()
    assert target.read_text() == 'property = "KOSA"\n'


def test_a_file_with_a_password_that_others_can_read_is_refused(file: Path, environ: dict[str, str]) -> None:
    file.write_text('database_url = "postgresql://u:secret@h/d"\nredis_url = "redis://h/0"\n')
    file.chmod(0o600)
    assert load_settings(environ).redis_url == "redis://h/0"
    for mode in (0o604, 0o660, 0o644):
        file.chmod(mode)
        with pytest.raises(SecretExposedError) as refused:
            load_settings(environ)
        assert (refused.value.fields["key"], "secret" in str(refused.value)) == ("database_url", False)
    file.write_text('database_url = "postgresql://u@h/d"\n')
    assert load_settings(environ).database_url
    assert exposure(file.with_name("none.toml")) == []


def test_what_root_has_written_a_group_may_read(file: Path, environ: dict[str, str]) -> None:
    file.write_text('redis_url = "redis://:secret@h/0"\n')
    file.chmod(0o640)
    if os.geteuid() == 0:
        assert load_settings(environ).redis_url
        os.chown(file, 1, 1)
    with pytest.raises(SecretExposedError):
        load_settings(environ)
