"""Turn the words of a command line into values without Pydantic.

Typer 0.29 builds a Pydantic adapter for every parameter: that costs more than all the rest of a start, and
its English sentences reach people. Our parameters are texts, flags, whole numbers, paths and closed choices.
"""

from pathlib import Path
from typing import Any, get_args, get_origin

from typer._coercion import RuntimeParam
from typer.core import TyperArgument, TyperOption

from db.errors import N_, UsageError

Parameter = TyperArgument | TyperOption


class BadValueError(UsageError):
    """A word is not a value of this parameter."""

    code = "bad_value"
    message = N_("“{value}” is not a value of {parameter}.")


class BadChoiceError(BadValueError):
    """A word is none of the few that are allowed."""

    hint = N_("Choose one of: {choices}.")


class BadNumberError(BadValueError):
    """A word is not a whole number, or too small."""

    hint = N_("Write a whole number of at least {least}.")


class NotUTF8Error(UsageError):
    """A word holds bytes that are no text."""

    code = "not_utf8"
    message = N_("The value of {parameter} is not valid UTF-8 text.")


class PlainParam(RuntimeParam):
    """Reads a parameter by its annotation: `str`, `bool`, `int`, `Path`, `Literal[...]` or a list of these."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        kind: Any = get_origin(self.annotation)
        if kind is list:
            (item,) = get_args(self.annotation)
            return [self._read(word, item, param) for word in value]
        return self._read(value, self.annotation, param)

    def _read(self, value: Any, annotation: Any, param: Parameter) -> Any:
        if not isinstance(value, str):
            return value  # a default that is no text
        if annotation is Path:
            return Path(value)
        require_utf8(value, param)
        if annotation is int:
            return whole_number(value, param, least=int(param.min or 0))
        if choices := get_args(annotation):
            return choice(value, param, choices)
        return value


def read_plainly(param: Parameter) -> None:
    """Give `param` our reader instead of Typer's."""
    described = param.type_descriptor
    param._runtime_param = PlainParam(described.parameter_info, described.annotation)


def spelling(param: Parameter) -> str:
    """A parameter as people write it: `--limit`, `AMOUNT`."""
    if isinstance(param, TyperOption):
        return max(param.opts, key=len)
    return param.metavar or param.name.upper()


def require_utf8(value: str, param: Parameter) -> str:
    """The value itself; Python smuggles undecodable bytes in as lone surrogates, which no database takes."""
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise NotUTF8Error(parameter=spelling(param))
    return value


def require_words(value: str, param: Parameter) -> str:
    """A text with something in it: a variable of a script that was never set must not mean "everything"."""
    if not value.strip():
        raise BadValueError(value=value, parameter=spelling(param))
    return require_utf8(value, param)


def whole_number(value: str, param: Parameter, *, least: int) -> int:
    """A whole number of at least `least`. Raises BadNumberError."""
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(value) > len(str(2**31)) or int(value) < least:
        raise BadNumberError(value=value, parameter=spelling(param), least=least)
    return int(value)


def choice(value: str, param: Parameter, choices: tuple[str, ...]) -> str:
    """One of `choices`. Raises BadChoiceError."""
    if value not in choices:
        raise BadChoiceError(value=value, parameter=spelling(param), choices=", ".join(choices))
    return value
