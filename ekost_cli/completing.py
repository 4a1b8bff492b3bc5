"""Answer the shell when somebody presses Tab; Typer does the work, the words come from the tree of commands."""

import os
from typing import Any

from typer._click.shell_completion import CompletionItem, add_completion_class
from typer._completion_classes import BashComplete, FishComplete, ZshComplete
from typer._completion_shared import get_completion_script
from typer.core import TyperGroup

PROGRAM = "ekost"
VARIABLE = "_EKOST_COMPLETE"
SHELLS = ("bash", "zsh", "fish")


class _Zsh(ZshComplete):
    """Names without their help: Typer would load Rich to clean a text of ours that has no markup."""

    def format_completion(self, item: CompletionItem) -> str:
        return super().format_completion(CompletionItem(item.value))


class _Fish(FishComplete):
    """Names with their help, on one line."""

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.value}\t{' '.join(item.help.split())}" if item.help else str(item.value)


def script(shell: str) -> str:
    """What to put into the start-up file of `shell`."""
    return get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell)


def complete(root: TyperGroup) -> int:
    """Print the words that may follow; the exit status. Never an error: it would land in somebody's prompt."""
    instruction, _underscore, shell = os.environ[VARIABLE].partition("_")
    classes: dict[str, type[Any]] = {"bash": BashComplete, "zsh": _Zsh, "fish": _Fish}
    if instruction != "complete" or shell not in classes:
        return 1
    add_completion_class(classes[shell], shell)
    try:
        print(classes[shell](root, {}, PROGRAM, VARIABLE).complete())
    except SystemExit as answer:  # fish asks by the status
        return int(answer.code or 0)
    except Exception:
        return 1
    return 0
