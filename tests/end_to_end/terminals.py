"""A terminal that somebody sits at: real `tmux`, or where there is none a pseudo-terminal with a screen of our own.

Both take keys, change their size and tell what is on the screen. Ours understands what Textual writes, not all that
a terminal can be told.
"""

import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

from rich.cells import cell_len

PATIENCE = 30
KEYS = {
    "Enter": "\r",
    "Escape": "\x1b",
    "C-c": "\x03",
    "C-s": "\x13",
    "Tab": "\t",
    "PPage": "\x1b[5~",
    "NPage": "\x1b[6~",
}
_SAID = re.compile(
    r"\x1b\[(?P<numbers>[0-?]*)[ -/]*(?P<what>[@-~])|\x1b[\]P_].*?(?:\x07|\x1b\\)|\x1b[^\[\]P_]|(?P<text>[^\x1b]+)",
    re.DOTALL,
)


class Terminal:
    """What both have in common."""

    def screen(self) -> list[str]:
        """The lines that are seen."""
        raise NotImplementedError

    def seen(self, *words: str, seconds: float = PATIENCE) -> list[str]:
        """The screen as soon as all of this stands on it."""
        return self.when(lambda shown: all(word in "\n".join(shown) for word in words), str(words), seconds)

    def when(self, holds: Callable[[list[str]], bool], what: str, seconds: float = PATIENCE) -> list[str]:
        """The screen as soon as something holds for it."""
        end = time.monotonic() + seconds
        while not holds(shown := self.screen()):
            assert time.monotonic() < end, "\n".join([f"not seen in {seconds} s: {what}", *shown])
            time.sleep(0.03)
        return shown


class Tmux(Terminal):
    """A pane of a tmux server of our own."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], size: tuple[int, int], folder: Path) -> None:
        config = folder / "tmux.conf"
        config.write_text("set -g status off\nset -g remain-on-exit on\nset -g default-terminal tmux-256color\n")
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", str(config)]
        self._env = dict(env)
        self._status = folder / "tmux.status"
        noting = ["sh", "-c", '"$@"; echo $? > "$0"', str(self._status)]
        self._say("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), *noting, *words)

    def press(self, *keys: str) -> None:
        """Press keys: one character, or a name such as Enter."""
        self._say("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        """Make the window larger or smaller."""
        self._say("resize-window", "-x", str(width), "-y", str(height))

    def screen(self) -> list[str]:
        """As tmux has drawn it."""
        return self._say("capture-pane", "-p").splitlines()

    def ended(self) -> int:
        """Wait for the end of the process; its exit status."""
        end = time.monotonic() + PATIENCE
        # Not asked of tmux: now and then it leaves a process that has ended unreaped, and knows of no status (3.3a).
        while not (told := self._status.read_text() if self._status.exists() else ""):
            assert time.monotonic() < end, "\n".join(["it does not end", *self.screen()])
            time.sleep(0.05)
        return int(told)

    def close(self) -> None:
        """End the server and what runs in it."""
        self._say("kill-server")

    def _say(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], env=self._env, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout


class Pty(Terminal):
    """A pseudo-terminal, and the screen that what is written to it makes."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], size: tuple[int, int], folder: Path) -> None:
        self._master, slave = pty.openpty()
        self.resized(*size)
        self._process = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def press(self, *keys: str) -> None:
        """Press keys: one character, or a name such as Enter."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def resize(self, width: int, height: int) -> None:
        """Make the window larger or smaller."""
        self.resized(width, height)
        self._process.send_signal(signal.SIGWINCH)

    def resized(self, width: int, height: int) -> None:
        """An empty screen of this size."""
        self._cells = [[" "] * width for _line in range(height)]
        self._x = self._y = 0
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def screen(self) -> list[str]:
        """As it stands now."""
        return ["".join(line).rstrip() for line in self._cells]

    def ended(self) -> int:
        """Wait for the end of the process; its exit status."""
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        os.close(self._master)

    def _read(self) -> None:
        said = b""
        with suppress(OSError):  # the other side is gone
            while more := os.read(self._master, 65536):
                said += more
                text = said.decode(errors="ignore")
                # A sequence or a letter of which only the beginning has come waits for the rest.
                cut = (
                    text.rfind("\x1b")
                    if "\x1b" in text[-40:] and not _SAID.fullmatch(text[text.rfind("\x1b") :])
                    else None
                )
                self._hear(text[:cut])
                said = b"" if cut is None else text[cut:].encode()

    def _hear(self, text: str) -> None:
        for said in _SAID.finditer(text):
            if said["text"] is not None:
                for letter in said["text"]:
                    self._write(letter)
            elif said["what"] in ("H", "f"):
                row, _sign, column = said["numbers"].partition(";")
                self._y, self._x = int(row or 1) - 1, int(column or 1) - 1
            elif said["what"] == "J":
                self._cells = [[" "] * len(line) for line in self._cells]

    def _write(self, letter: str) -> None:
        if letter == "\r":
            self._x = 0
        elif letter == "\n":
            self._y, self._x = self._y + 1, 0
        elif self._y < len(self._cells) and self._x < len(self._cells[self._y]) and letter.isprintable():
            width = cell_len(letter)
            self._cells[self._y][self._x : self._x + width] = [letter, ""][:width]
            self._x += width


def here() -> list[type[Tmux] | type[Pty]]:
    """The terminals of this machine."""
    return [Tmux, Pty] if shutil.which("tmux") else [Pty]
