"""A file, found by typing its path: the folder that is named so far is listed below it."""

from asyncio import to_thread
from collections.abc import Sequence
from pathlib import Path

from textual.widgets import Input

from tui.dialogs.choosing import Choice, ChooseDialog

# Names of a folder that are listed.
MOST = 200


class FileDialog(ChooseDialog[str]):
    """Enter goes into a folder, or takes the file."""

    def __init__(self, title: str, begun: str) -> None:
        async def find(words: str) -> Sequence[Choice[str]]:
            return await to_thread(found, words)

        super().__init__(title, find)
        self._begun = begun or f"{Path.cwd()}/"

    def on_mount(self) -> None:
        """Begin where somebody has begun already."""
        line = self.query_one(Input)
        line.value = self._begun
        line.cursor_position = len(self._begun)

    def take(self, choice: Choice[str]) -> None:
        """Go on into a folder."""
        if not choice.value.endswith("/"):
            self.dismiss(choice)
            return
        line = self.query_one(Input)
        line.value = choice.value
        line.cursor_position = len(choice.value)
        line.focus()


def found(words: str) -> list[Choice[str]]:
    """What begins with what was typed; folders end with a slash and come first. What can't be read is empty."""
    folder, _slash, beginning = words.rpartition("/")
    place = Path(folder or "/").expanduser()
    try:
        names = sorted(
            (child for child in place.iterdir() if child.name.lower().startswith(beginning.lower())),
            key=lambda child: (not child.is_dir(), child.name.lower()),
        )
    except OSError:
        return []
    paths = [f"{child}/" if child.is_dir() else str(child) for child in names if _plain(child, beginning)]
    return [Choice(path.rstrip("/").rpartition("/")[2] + ("/" if path.endswith("/") else ""), path)
            for path in paths[:MOST]]  # fmt: skip


def _plain(child: Path, beginning: str) -> bool:
    """Hidden files are for who asks for them."""
    return not child.name.startswith(".") or beginning.startswith(".")
