"""One key after the other: what is typed behind a key that opens a form belongs in that form.

Over a slow line keys arrive in bursts. Textual hands each to what has the focus at that moment, before the key in
front of it has had its effect: the first digits of an amount would go to the list below, and be lost there.
"""

import asyncio
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump

from tui.work import start

# Seconds that a key may take before the next one is handed on all the same.
PATIENCE = 0.5
# Seconds that a key waits for the rows that it is about, and between two looks whether they are there.
ROWS, LOOK = 3.0, 0.01


class TypingAhead(App[None]):
    """An application that hears keys in turn."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: asyncio.Queue[Event] = asyncio.Queue()
        # How many keys have not had their effect yet.
        self.keys_ahead = 0

    def on_mount(self) -> None:
        """Begin to hand keys on."""
        start(self, self._hand_on, "keys")

    def comes_early(self, key: Key) -> bool:
        """Whether what the key is about is not there yet."""
        return False

    async def on_event(self, event: Event) -> None:
        """Keep keys in the order in which they came."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self.keys_ahead += 1
            self._typed.put_nowait(event)
        else:
            await super().on_event(event)

    async def _hand_on(self) -> None:
        while True:
            event = await self._typed.get()
            if isinstance(event, Key):
                with suppress(TimeoutError):
                    async with asyncio.timeout(ROWS):
                        while self.comes_early(event):
                            await asyncio.sleep(LOOK)
            heard: list[Any] = [*(self.focused or self.screen).ancestors_with_self]
            await super().on_event(event)
            # A key rises from the focus to the application; what it sets off, as the answer of an input, does so again.
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    for node in (*heard, *heard):
                        await _behind(node)
                    await _behind(self.screen)
            self.keys_ahead -= 1


async def _behind(node: MessagePump) -> None:
    """Wait until it has heard all that it was told so far; not at all when it is gone."""
    heard = asyncio.Event()
    if node.call_later(heard.set):
        await heard.wait()
