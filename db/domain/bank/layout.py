"""What differs between the files of banks: the names of columns, and how days and amounts are written."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Dates = Literal["iso", "dmy"]
Amounts = Literal["plain", "id", "en"]


class Layout(NamedTuple):
    """A kind of file. `columns` are the names, in lower case without signs, by what they hold."""

    columns: Mapping[str, tuple[str, ...]]
    dates: Dates = "dmy"
    amounts: Amounts = "en"
    # Whether an amount without CR or DB says by a minus that it is money that went out.
    minus: bool = False


# What stands before and behind the table, by its first words.
ACCOUNT = ("no rekening", "nomor rekening", "no rek", "account no", "account number", "accountno")
PERIOD = ("periode", "period", "transaction period")
OPENING = ("saldo awal", "opening balance", "beginning balance")
CLOSING = ("saldo akhir", "closing balance", "ending balance")
# Told, but worked out from the lines.
TOTALS = ("mutasi", "kredit", "debet", "debit", "credit", "total", "jumlah", "ending", "mutasi cr", "mutasi db",
          "mutasi kredit", "mutasi debet", "mutasi debit", "total debit", "total kredit", "total credit", "total debet",
          "total mutasi kredit", "total mutasi debet", "bersambung ke halaman berikut", "grand total")  # fmt: skip
