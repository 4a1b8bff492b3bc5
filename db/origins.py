"""Where an error happened, for who looks for the fault: lines of code and names of classes, and nothing else.

What libraries say of an error holds people's data and passwords: `invalid percent-encoded token: "S3%cret"`.
"""

from collections.abc import Iterator
from traceback import format_tb


def origin_of(error: BaseException) -> str:
    """The frames of an error and of those that led to it, the first one first; of their words none."""
    parts = []
    for one in reversed(list(_led_by(error))):
        kind = type(one)
        parts += ["Traceback (most recent call last):\n", *format_tb(one.__traceback__)]
        parts.append(f"{kind.__module__}.{kind.__qualname__}\n")
    return "".join(parts)


def _led_by(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
