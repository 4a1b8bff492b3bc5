"""Whether the book can be reached: what was last heard of it, and when it is tried again."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum

from db.errors import EkostError

# Seconds until the next try; the last one for ever.
PAUSES = (1, 2, 3, 5, 8, 15)


class State(Enum):
    """How things stand."""

    OPENING = "opening"
    UP = "up"
    DOWN = "down"


class Link:
    """Told by the book of every answer and every failure; tells who listens when something changes."""

    def __init__(self) -> None:
        self.state = State.OPENING
        self.error: EkostError | None = None
        self.heard_at: datetime | None = None
        self.wait = 0
        self._tries = 0
        self._listeners: list[Callable[[State], None]] = []

    def listen(self, told: Callable[[State], None]) -> None:
        """Call `told` with every new state."""
        self._listeners.append(told)

    def heard(self) -> None:
        """An answer came."""
        self.heard_at, self.error, self._tries, self.wait = datetime.now().astimezone(), None, 0, 0
        self._become(State.UP)

    def lost(self, error: EkostError) -> None:
        """No answer came: the next try waits a little longer."""
        self.error = error
        self.wait = PAUSES[min(self._tries, len(PAUSES) - 1)]
        self._tries += 1
        self._become(State.DOWN)

    def tick(self) -> bool:
        """A second has passed; whether it is time to try."""
        if self.state is not State.DOWN or self.wait <= 0:
            return False
        self.wait -= 1
        return self.wait == 0

    def _become(self, state: State) -> None:
        changed, self.state = state is not self.state, state
        if changed:
            for told in self._listeners:
                told(state)
