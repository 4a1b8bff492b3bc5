"""Homes as people really have them: long, with spaces, quotes, commas, and reached through links."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from db.embedded import driver
from db.embedded.errors import FolderOfOthersError
from db.embedded.layout import Layout, is_private

from .conftest import Installation, Maker

AWKWARD = 'Bu Sri\'s "Kos Melati", $HOME; kamar & dapur é'


def _long_home(folder: Path, size: int) -> Path:
    """A path of exactly `size` bytes below `folder`, full of characters that shells and parsers trip over."""
    home = folder / AWKWARD
    return home / ("x" * (size - len(os.fsencode(home)) - 1))


@pytest.mark.servers
@pytest.mark.parametrize("who", ["caller", "ordinary user"])
def test_a_path_of_148_bytes_with_spaces_and_quotes(who: str, install: Maker, request: pytest.FixtureRequest) -> None:
    caller = request.getfixturevalue("ordinary") if who == "ordinary user" else None
    plain = install(caller)
    home = Installation(_long_home(plain.home.parent, 148), caller)
    assert len(os.fsencode(home.home)) == 148

    urls = home.start()
    try:
        with psycopg.connect(urls.database_url.replace("+psycopg", "")) as conn:
            assert conn.execute("SELECT count(*) FROM pg_database WHERE datname = 'ekost'").fetchone() == (1,)
        with redis.Redis.from_url(urls.redis_url) as queue:
            assert queue.set("kept", "yes")
        home.kill_everything()
        assert home.start() == urls
        with redis.Redis.from_url(urls.redis_url) as queue:
            assert queue.get("kept") == b"yes"
    finally:
        home.stop()
        Path(home.status()[0].socket).parent.rmdir()


@pytest.mark.servers
def test_a_link_to_the_home_leads_to_the_same_servers(running: Installation) -> None:
    link = running.home.parent / "link"
    link.symlink_to(running.home, target_is_directory=True)

    assert driver.ensure_started(link) == running.start()
    assert driver.status(link) == driver.status(running.home)


def test_sockets_stay_in_a_short_home_even_with_spaces() -> None:
    assert Layout(Path("/srv/kos melati é")).sockets == Path("/srv/kos melati é/run")


@pytest.mark.parametrize(
    "base", ["/srv/" + "x" * 90, "/srv/a,b", "/srv/it's", '/srv/"', "/srv/a\\b", "/srv/a\nb", "/srv/\udcff"]
)
def test_sockets_move_to_a_short_name_where_clients_could_not_use_the_path(base: str) -> None:
    sockets = Layout(Path(base)).sockets

    assert sockets.parent == Path("/tmp")
    assert sockets.name.startswith(f"ekost-{os.geteuid()}-")
    assert sockets == Layout(Path(base)).sockets != Layout(Path(base + "2")).sockets


def test_a_socket_folder_that_somebody_prepared_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    trap = tmp_path / "run"
    trap.symlink_to(elsewhere)

    with pytest.raises(FolderOfOthersError):
        is_private(trap)


def test_the_default_home_is_the_same_for_cron_and_a_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EKOST_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    login = driver.default_home()
    for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))

    assert driver.default_home() == login
    monkeypatch.setenv("EKOST_HOME", "~/kos")
    assert driver.default_home() == tmp_path / "kos"


def test_others_may_not_write_into_the_home(make_folder: Callable[..., Path], ordinary: object) -> None:
    home = make_folder()
    home.chmod(0o777)

    with pytest.raises(FolderOfOthersError):
        driver.ensure_started(home)
