"""The formats by name."""

from typing import Literal, get_args

from db.domain.bank.bca import BCA
from db.domain.bank.bni import BNI
from db.domain.bank.generic import generic
from db.domain.bank.layout import Amounts, Dates
from db.domain.bank.mandiri import MANDIRI
from db.domain.bank.statement import Statement
from db.domain.bank.table import read_table

Format = Literal["bca", "mandiri", "bni", "generic"]
FORMATS: tuple[Format, ...] = get_args(Format)
_LAYOUTS = {"bca": BCA, "mandiri": MANDIRI, "bni": BNI}


def read_statement(text: str, form: Format, dates: Dates = "iso", amounts: Amounts = "plain") -> Statement:
    """The statement in a file's text; `dates` and `amounts` are those of a generic file.

    Raises StatementError, StatementYearError, StatementFormError.
    """
    return read_table(text.lstrip("\ufeff"), _LAYOUTS.get(form) or generic(dates, amounts))
