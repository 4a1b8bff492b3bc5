"""A link is handed to the system's program by who sits at a terminal, as one word, and to nothing else."""

import subprocess

import pytest

from ekost_cli import links
from ekost_cli.context import Context
from ekost_cli.invocation import Invocation

LINK = "https://wa.me/62812?text=a%20b;rm%20-rf"


@pytest.mark.parametrize(
    ("terminal", "program", "opened"),
    [(True, "/usr/bin/xdg-open", [["/usr/bin/xdg-open", LINK]]), (True, None, []), (False, "/usr/bin/xdg-open", [])],
)
def test_a_link_is_opened_by_hand_only(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    terminal: bool,
    program: str | None,
    opened: list[list[str]],
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(links, "is_terminal", lambda stream: terminal)
    monkeypatch.setattr(links.shutil, "which", lambda name: program)
    monkeypatch.setattr(subprocess, "Popen", lambda words, **more: calls.append(words))
    links.open_link(Context(Invocation()), LINK)
    assert calls == opened
    assert ("copy it instead" in capsys.readouterr().err) == (terminal and program is None)
