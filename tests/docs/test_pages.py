"""The docs can't fall behind: what there is, is named; what is named, is there."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from db.errors import ExitCode
from db.repositories.lookup import TenantNotFoundError
from db.settings import OTHER_VARIABLES, known_settings, read_file, variable_of
from ekost_cli.examples import all_verbs
from ekost_cli.failures import failure_of
from ekost_cli.grammar import Verb
from ekost_cli.parser import verb_command
from ekost_cli.reference import error_classes, renewed
from locales.catalogs import set_language
from tests.docs.pages import DOCS, PAGES, ROOT, anchors, blocks, links, sections, text_of

VERBS = dict(all_verbs())
PRODUCT = ("db", "ekost_cli", "jobs", "locales", "tui")
COMMANDS, ERRORS, CONFIGURATION = (text_of(DOCS / f"{name}.md") for name in ("commands", "errors", "configuration"))


def options_of(verb: Verb) -> set[str]:
    """Every spelling of every option that a command takes."""
    params = verb_command(verb).params
    return {spelling for param in params for spelling in (*getattr(param, "opts", ()), *param.secondary_opts)}


def test_the_generated_parts_are_current() -> None:
    command = [sys.executable, "-m", "ekost_cli.reference", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "run: python -m ekost_cli.reference"


def test_only_generated_parts_are_rewritten() -> None:
    page = "By hand.\n<!-- generated: exit-codes -->\nold\n<!-- end -->\nBy hand too.\n"
    fresh = renewed(page)
    assert fresh.startswith("By hand.\n<!-- generated: exit-codes -->\n\n| Status |")
    assert fresh.endswith(" |\n\n<!-- end -->\nBy hand too.\n")
    assert "old" not in fresh
    assert renewed(fresh) == fresh


@pytest.mark.parametrize("path", VERBS)
def test_every_command_is_described_with_its_options_and_fields(path: str) -> None:
    verb, told = VERBS[path], sections(COMMANDS)[f"ekost {path}"]
    shared = sections(COMMANDS)["Shared options"]
    assert verb.help in told
    missing = [option for option in options_of(verb) if option.startswith("--") and option not in told + shared]
    missing += [field.name for field in verb.fields if f"`{field.name}`" not in told]
    assert missing == []


def test_every_setting_and_variable_is_named() -> None:
    for key in known_settings():
        assert f"| `{key}` | `{variable_of(key)}` |" in CONFIGURATION
    assert all(f"`{name}`" in CONFIGURATION for name in OTHER_VARIABLES)


def test_every_variable_that_the_code_reads_is_known() -> None:
    sources = [path.read_text(encoding="utf-8") for room in PRODUCT for path in (ROOT / room).rglob("*.py")]
    read = set(re.findall(r"environ[^\n]*?\b(EKOST_[A-Z_]+)", "\n".join(sources)))
    assert read >= {"EKOST_HOME", "EKOST_PG_BIN", "EKOST_RUN_AS"}
    assert read <= OTHER_VARIABLES | {variable_of(key) for key in known_settings()}


def test_every_error_is_in_the_table() -> None:
    named = {line.split(" | ")[0].strip("| `") for line in ERRORS.splitlines() if line.startswith("| `")}
    assert {kind.code for kind in error_classes()} <= named
    assert all(f"| {code.value} | `{code.name.lower()}` |" in ERRORS for code in ExitCode)


def test_the_error_and_the_file_that_are_shown_are_real(tmp_path: Path) -> None:
    set_language("en")
    (shown,) = blocks(ERRORS, "json")
    assert json.loads(shown) == {"error": failure_of(TenantNotFoundError(ref="BUDY"))._asdict()}
    (tmp_path / "config.toml").write_text(blocks(CONFIGURATION, "toml")[0], encoding="utf-8")
    assert read_file(tmp_path / "config.toml") == {"property": "KOSA", "language": "id", "lock_timeout": 20}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(text_of(page)):
        if "://" in link:
            continue
        place, _, fragment = link.partition("#")
        target = page.parent / place if place else page
        assert target.exists(), link
        assert not fragment or fragment in anchors(text_of(target)), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_the_pages_speak_of_exist(page: Path) -> None:
    text = text_of(page)
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    for words in map(_command_in, [*lines, *re.findall(r"`(ekost [^`]+)`", text)]):
        if words:
            _parse(words)


def _command_in(line: str) -> list[str]:
    """The words of an `ekost` command behind assignments, or nothing."""
    words = shlex.split(line, comments=True)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return words[1:] if words[:1] == ["ekost"] else []


def _parse(words: list[str]) -> None:
    """Find the command and its options, such as they are: a page may leave arguments out."""
    name = next((n for n in (2, 1) if " ".join(words[:n]) in VERBS), None)
    if name is None:
        nouns = {path.split()[0] for path in VERBS}
        assert words[0] in ("NOUN", "--help", "--version") or (len(words) == 1 and words[0] in nouns), words
        return
    known = options_of(VERBS[" ".join(words[:name])])
    unknown = [word for word in words[name:] if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known]
    assert unknown == [], words
