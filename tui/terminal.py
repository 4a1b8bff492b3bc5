"""The terminal itself, where it can go away."""

import select
import sys


def has_hung_up() -> bool:
    """Whether nobody holds the other end of the terminal any more. Only a controlling terminal sends SIGHUP then."""
    poll = select.poll()
    poll.register(sys.stdin, 0)
    return any(event & select.POLLHUP for _stream, event in poll.poll(0))
