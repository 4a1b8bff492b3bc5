"""Eight commands at once on a machine that was just switched on: one server, no error."""

import json
import os
from collections.abc import Callable

import pytest

from .conftest import Installation

pytestmark = pytest.mark.servers
STARTERS = 8


def _at_once(work: Callable[[], object]) -> list[object]:
    """Do `work` in eight processes that are let go at the same moment; their results."""
    gate, opener = os.pipe()
    links = []
    for _ in range(STARTERS):
        reader, writer = os.pipe()
        if os.fork() == 0:
            _starter(gate, opener, writer, work)
        os.close(writer)
        links.append(reader)
    os.close(gate)
    os.close(opener)
    results = []
    for reader in links:
        with os.fdopen(reader) as link:
            results.append(json.loads(link.read()))
        os.wait()
    return results


def _starter(gate: int, opener: int, writer: int, work: Callable[[], object]) -> None:
    try:
        os.close(opener)
        os.read(gate, 1)
        told = work()
    except BaseException as error:
        told = repr(error)
    os.write(writer, json.dumps(told).encode())
    os._exit(0)


def _start(installation: Installation) -> list[object]:
    urls = installation.start()
    return [*urls, installation.pid("postgresql"), installation.pid("valkey")]


def test_eight_first_starts_make_one_server(each_user: Installation) -> None:
    results = _at_once(lambda: _start(each_user))

    assert results == [results[0]] * STARTERS
    assert each_user.sql("SELECT 1") == [(1,)]


def test_eight_starts_after_a_stop_and_after_a_kill_make_one_server(running: Installation) -> None:
    running.stop()
    warm = _at_once(lambda: _start(running))
    running.kill_everything()
    killed = _at_once(lambda: _start(running))

    assert warm == [warm[0]] * STARTERS
    assert killed == [killed[0]] * STARTERS
    assert killed[0] != warm[0]


def test_starts_and_stops_at_once_come_to_an_end(running: Installation) -> None:
    results = _at_once(lambda: [bool(running.stop()), bool(running.start())])

    assert all(isinstance(result, list) for result in results), results
    assert running.start()
    assert running.sql("SELECT 1") == [(1,)]
