"""Exit codes and sentences of every kind of failure; what must never be told is not told."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import psycopg
import pytest
import redis
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from db.errors import (
    AlreadyRunningError,
    EkostError,
    ExitCode,
    NotFoundError,
    RuleError,
    UnreachableError,
    UsageError,
)
from ekost_cli.commands.help import MEANINGS
from ekost_cli.context import Context, DeclinedError
from ekost_cli.failures import failure_of
from ekost_cli.invocation import Invocation
from ekost_cli.words import option_value
from locales.catalogs import set_language
from tests.ekost_cli.conftest import Ekost

NO_LIMIT = "is not a value of --limit.\nWrite a whole number of at least 1."


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (EkostError, 1), (UsageError, 2), (UnreachableError, 3), (NotFoundError, 4), (RuleError, 5),
        (AlreadyRunningError, 7),
    ],
)  # fmt: skip
def test_each_kind_of_error_has_its_exit_status(error: type[EkostError], status: int) -> None:
    assert failure_of(error()).exit == status


def test_the_table_of_exit_codes_is_complete(ekost: Ekost) -> None:
    assert list(MEANINGS) == list(ExitCode)
    rows = json.loads(ekost("help", "exit-codes", "-o", "json").stdout)["items"]
    assert {row["name"]: row["code"] for row in rows} == {
        "done": 0, "failed": 1, "usage": 2, "unreachable": 3, "not_found": 4, "refused": 5, "rejected_rows": 6,
        "already_running": 7, "interrupted": 130, "broken_pipe": 141, "terminated": 143,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["cnfig"], "no_such_command", "There is no command “cnfig”.\nDid you mean config?"),
        (["xyzzy"], "no_such_command", "There is no command “xyzzy”.\n`ekost --help` lists the commands."),
        (["config", "sho"], "no_such_command", "There is no command “sho”.\nDid you mean show?"),
        (["config", "\x1b[2J"], "no_such_command",
         "There is no command “␛[2J”.\n`ekost config --help` lists the commands."),
        (["config", "set", "x"], "missing", "VALUE is missing.\nSee `ekost config set --help`."),
        (["config", "show", "--orign"], "no_such_option", "There is no option --orign.\nDid you mean --origin?"),
        (["config", "show", "-x"], "no_such_option", "There is no option -x.\nSee `ekost config show --help`."),
        (["--nonsense", "config"], "no_such_option", "There is no option --nonsense.\nSee `ekost --help`."),
        (["config", "show", "--fields"], "value_needed", "--fields needs a value.\nSee `ekost config show --help`."),
        (["config", "show", "--origin=1"], "value_not_needed",
         "--origin takes no value.\nSee `ekost config show --help`."),
        (["config", "path", "a", "b"], "extra_words",
         "There are words too many: a b.\nPut a text with spaces into quotes."),
        (["--lang", "xx"], "bad_value", "“xx” is not a value of --lang.\nChoose one of: id, en."),
        (["config", "show", "--fields", "kei"], "unknown_field",
         "There is no field “kei” here.\nDid you mean key? `--fields help` lists them all."),
        (["tenant", "list", "--limit", "0"], "bad_value", f"“0” {NO_LIMIT}"),
        (["tenant", "list", "--limit", "٣"], "bad_value", f"“٣” {NO_LIMIT}"),
        (["tenant", "list", "--limit", "9" * 5000], "bad_value", None),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_our_words(ekost: Ekost, words: list[str], code: str, told: str | None) -> None:
    done = ekost(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told is None or done.stderr == f"ekost: error: {told}\n"
    error = json.loads(ekost(*words, "-o", "json").stderr)["error"] if code != "value_needed" else {"code": code}
    assert error["code"] == code


def test_an_error_in_json_is_one_object_on_stderr(ekost: Ekost) -> None:
    done = ekost("config", "set", "lock_timeout", "soon", "-o", "json")
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    error = json.loads(done.stderr)["error"]
    assert list(error) == ["code", "message", "hint", "exit", "details"]
    assert (error["code"], error["exit"]) == ("config_value", 2)
    assert error["details"]["key"] == "lock_timeout"


def test_a_negative_number_is_a_value_and_no_option(ekost: Ekost) -> None:
    done = ekost("config", "set", "lock_timeout", "-5", "-o", "json")
    assert json.loads(done.stderr)["error"]["code"] == "config_value"


def test_text_that_is_not_utf8_is_refused(ekost: Ekost) -> None:
    done = ekost("config", "set", "property", "\udcff")
    assert (done.returncode, done.stderr) == (2, "ekost: error: The value of VALUE is not valid UTF-8 text.\n")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["a", "-o", "json"], "json"), (["-ojson"], "json"), (["--output", "json", "x"], "json"),
        (["--output=json"], "json"), (["-qo", "json"], "json"), (["-o", "csv", "-o", "json"], "json"),
        (["--", "-o", "json"], None), (["--only", "json"], None), (["-o"], ""), ([], None),
    ],
)  # fmt: skip
def test_an_option_is_found_on_a_raw_command_line(words: list[str], value: str | None) -> None:
    assert option_value(words, "output", "o") == value


def test_a_database_that_does_not_answer_is_exit_3_and_hides_the_password(ekost: Ekost) -> None:
    url = "postgresql://owner:topsecret@127.0.0.1:1/kos"
    for words in (["tenant", "list"], ["tenant", "list", "-o", "json"]):
        done = ekost(*words, EKOST_DATABASE_URL=url)
        assert done.returncode == 3
        assert "topsecret" not in done.stderr + done.stdout
        assert "owner" not in done.stderr + done.stdout


def test_an_unreadable_address_is_a_usage_error_that_hides_it(ekost: Ekost) -> None:
    done = ekost("tenant", "list", EKOST_DATABASE_URL="topsecret@nowhere")
    assert done.returncode == 2
    assert "topsecret" not in done.stderr


def test_what_the_database_says_is_never_passed_on(conn: Connection) -> None:
    with pytest.raises(DBAPIError) as caught, conn.begin_nested():
        conn.execute(text("select cast('3201-secret' as int)"))
    failure = failure_of(caught.value)
    assert (failure.code, failure.exit) == ("database_failed", ExitCode.FAILED)
    assert failure.details == {"sqlstate": "22P02", "constraint": "-"}
    assert "secret" not in str(failure)


def test_a_constraint_is_told_by_its_name_alone(conn: Connection) -> None:
    statement = "insert into properties (code, name) values ('KOSX', 'Rahasia'), ('KOSX', 'Rahasia')"
    with pytest.raises(DBAPIError) as caught, conn.begin_nested():
        conn.execute(text(statement))
    failure = failure_of(caught.value)
    assert failure.details["sqlstate"] in ("23505", "23502")
    assert "Rahasia" not in str(failure)
    assert "insert" not in str(failure)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection to server at 10.0.0.1 failed: password topsecret"),
        OperationalError("select topsecret", {}, psycopg.OperationalError("server closed the connection")),
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
        redis.ConnectionError("Error 111 connecting to topsecret"),
    ],
)
def test_a_lost_server_is_exit_3(error: Exception) -> None:
    failure = failure_of(error)
    assert failure.exit == ExitCode.UNREACHABLE
    assert "topsecret" not in str(failure)


def test_other_faults_of_the_driver_are_internal_to_the_database() -> None:
    failure = failure_of(InterfaceError("select topsecret", {}, psycopg.InterfaceError("cursor is closed")))
    assert (failure.code, failure.exit) == ("database_failed", ExitCode.FAILED)
    assert "topsecret" not in str(failure)


def test_an_unforeseen_error_shows_its_class_and_nothing_else() -> None:
    failure = failure_of(ValueError("NIK 3201234567890001"))
    assert (failure.code, failure.exit, failure.message) == (
        "internal",
        ExitCode.FAILED,
        "Internal error (ValueError).",
    )
    assert "3201" not in str(failure)


def test_values_in_a_sentence_are_localised_and_made_visible() -> None:
    class OwedError(RuleError):
        message = "{name} owes {amount} since {day}: {list}, {missing}"

    error = OwedError(name="\x1b[2JSiti", amount=Decimal("1500000"), day=date(2026, 3, 1), list=["a", Decimal("2.5")])
    set_language("id")
    try:
        failure = failure_of(error)
    finally:
        set_language("en")
    assert failure.message == "␛[2JSiti owes 1.500.000 since 1 Maret 2026: a, 2,5, {missing}"
    assert failure.details == {"name": "\x1b[2JSiti", "amount": "1500000", "day": "2026-03-01", "list": ["a", "2.5"]}


def test_a_question_without_a_terminal_names_the_flag() -> None:
    with pytest.raises(UsageError) as caught:
        Context(Invocation()).confirm("Archive KOSA?")
    assert "--yes" in failure_of(caught.value).hint


def test_yes_and_dry_run_need_no_answer() -> None:
    for name in ("yes", "dry_run"):
        options = Invocation()
        setattr(options, name, True)
        Context(options).confirm("Archive KOSA?")


def test_a_declined_question_changes_nothing_and_fails() -> None:
    assert failure_of(DeclinedError()).exit == ExitCode.FAILED


def test_a_question_is_asked_on_the_terminal(
    on_terminal: Callable[..., tuple[int, str]], database_url: str, ekost: Ekost
) -> None:
    variables = {"EKOST_DATABASE_URL": database_url}
    assert ekost("property", "add", "KOSA", "Kos Melati", **variables).returncode == 0
    status, screen = on_terminal("property", "archive", "KOSA", answer="n\n", **variables)
    assert status == 1
    assert "[y/N]" in screen
    assert ekost("property", "archive", "KOSA", **variables).returncode == 2
    status, _screen = on_terminal("property", "archive", "KOSA", answer="y\n", **variables)
    assert status == 0
