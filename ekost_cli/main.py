"""The door: one process, one command, one exit status.

Everything heavy is imported on the way, never here: `ekost --version` must not wait for a parser.
"""

import os
import sys
import time

# As in typing, which is not loaded to say the version.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ekost_cli.invocation import Invocation
    from locales.catalogs import Backup

VERSION = "0.1.0"
# Commands that last as long as somebody wants them to.
LASTING = frozenset({"tui", "worker", "demo", "metrics serve"})


def main() -> int:
    """Run the command line of this process; the exit status."""
    words = sys.argv[1:]
    try:
        if words in (["--version"], ["-V"]):
            print(f"ekost {VERSION}")
            return _finished(0, words)
        _be_terminable()
        return run(words)
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # even the telling of an error failed
        print(f"ekost: error: Internal error ({type(error).__name__}).", file=sys.stderr)
        return 1


def run(words: list[str]) -> int:
    """Run one command line (without the program's name) in this process; the exit status. Also for tests."""
    from ekost_cli.invocation import Invocation
    from ekost_cli.terminal import prepare_streams

    begun, raised, called = time.monotonic(), True, Invocation()
    prepare_streams()
    try:
        _speak(words)
        status = _dispatch(words, called)
        raised = False
    except KeyboardInterrupt:
        status = _interrupted()
    except SystemExit as exit_:  # SIGTERM
        status = exit_.code if isinstance(exit_.code, int) else 1
    except BrokenPipeError:
        status = 141
    except Exception as error:  # the one place where every error becomes an exit status
        status = _failed(error, words)
    status = _finished(status, words)
    if called.words and called.words not in LASTING:
        _note_down(called.words, status, time.monotonic() - begun, raised=raised)
    _leave_durations()
    return status


def _note_down(name: str, status: int, seconds: float, *, raised: bool) -> None:
    """Leave behind how long it took; for `ekost metrics`."""
    from db.metrics.sink import outcome_of, record
    from db.settings_path import has_state, state_folder

    if has_state():
        record(state_folder(), name, outcome_of(status, raised=raised), seconds)


def _leave_durations() -> None:
    """Leave behind how long statements took, if any were asked."""
    if "db.metrics.collecting" in sys.modules:
        from db.metrics.collecting import COLLECTOR

        COLLECTOR.leave()


def _dispatch(words: list[str], called: "Invocation") -> int:
    completing = "_EKOST_COMPLETE" in os.environ
    if words == ["tui"] and not completing:
        from ekost_cli.context import Context
        from ekost_cli.screens import open_screens

        open_screens(Context(called))
        return 0
    from typer.exceptions import Exit

    from ekost_cli.lazy import Root

    if completing:
        from ekost_cli.completing import complete

        return complete(Root())
    root = Root()
    try:
        with root.make_context("ekost", list(words), obj=called) as context:
            root.invoke(context)
    except Exit as exit_:
        return int(exit_.exit_code)
    return 0


def _speak(words: list[str]) -> None:
    """Choose the language before typer is imported: help texts are translated as they are declared."""
    from ekost_cli.words import option_value
    from locales.catalogs import back_up, pick_language, set_language

    back_up(_kept_texts)
    set_language(pick_language(option_value(words, "lang"), os.environ, _configured_language()))


def _kept_texts() -> "Backup | None":
    """Where compiled texts are kept; asked only where they would have to be compiled."""
    from db.errors import EkostError
    from ekost_cli.context import Context
    from ekost_cli.invocation import Invocation

    try:
        cache = Context(Invocation()).cache
    except EkostError:
        return None  # the command itself will say what is wrong
    if cache is None:
        return None
    from db.cache.texts import Texts

    return Texts(cache)


def _configured_language() -> str | None:
    from db.settings_path import settings_files

    if not settings_files():
        return None
    from db.errors import UsageError
    from db.settings import load_settings

    try:
        return load_settings().language
    except UsageError:
        return None  # the command itself will say what is wrong with the configuration


def _be_terminable() -> None:
    """Let SIGTERM unwind like an exception: transactions are rolled back, the status is 143."""
    import signal

    def stop(_signal: int, _frame: object) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, stop)


def _interrupted() -> int:
    # The terminal has echoed ^C: what follows must begin on a new line.
    if sys.stderr and sys.stderr.isatty():
        sys.stderr.write("\n")
    return 130


def _failed(error: Exception, words: list[str]) -> int:
    from ekost_cli.failures import failure_of
    from ekost_cli.report import report, report_origin

    failure = failure_of(error)
    report(failure, words)
    report_origin(error)
    return int(failure.exit)


def _finished(status: int, words: list[str]) -> int:
    """Flush while errors can still be told; the interpreter's own flush at the end would print a traceback."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except (OSError, ValueError) as error:
        _silence_stdout()
        if isinstance(error, BrokenPipeError):
            return status or 141
        from ekost_cli.failures import OutputFailedError

        return status or _failed(OutputFailedError(reason=getattr(error, "strerror", None) or "-"), words)
    return status


def _silence_stdout() -> None:
    """Send the rest to nowhere, so that the flush at exit finds no closed pipe."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
