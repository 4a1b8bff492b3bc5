"""Which columns a command prints: `--fields a,b,c`, and what is wrong with it."""

import difflib
from collections.abc import Mapping, Sequence

from db.errors import N_, UsageError
from locales.fields import HOME_CURRENCY, HOME_TIMEZONE, NUMERIC, Field, Kind, extra_of, value_of

# What every command file needs to describe its columns stands here too.
__all__ = ["HOME_CURRENCY", "HOME_TIMEZONE", "NUMERIC", "Field", "Kind", "chosen", "extra_of", "value_of"]


class UnknownFieldError(UsageError):
    """`--fields` names something that this command does not print."""

    code = "unknown_field"
    message = N_("There is no field “{field}” here.")
    hint = N_("Did you mean {nearest}? `--fields help` lists them all.")


def chosen(names: str, fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields that `--fields a,b,c` names, in that order. Raises UnknownFieldError."""
    known = {field.name: field for field in fields}
    return tuple(known[_known(name.strip(), known)] for name in names.split(","))


def _known(name: str, known: Mapping[str, Field]) -> str:
    if name not in known:
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0) or [""]
        raise UnknownFieldError(field=name, nearest=nearest[0])
    return name
