"""Files of rows: which column of a file is which field, whatever it is called and wherever it stands.

Landlords keep their books in spreadsheets, in Indonesian or English. A column that is read as another one
would book wrong money without an error, so a header is either understood or refused, never guessed.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from db.domain.texts import clean_or_none
from db.errors import N_, UsageError

Kind = Literal["payments", "tenants", "rooms"]

DELIMITERS = (",", ";", "\t")
MOST_COLUMNS = 200


class MissingColumnError(UsageError):
    """A column without which no row can be read."""

    code = "column_missing"
    message = N_("The file has no column {columns}.")
    hint = N_("Its first line must name the columns. Known are: {known}.")


class DuplicateColumnError(UsageError):
    """Two columns claim to be the same field: which one counts would be a guess."""

    code = "column_twice"
    message = N_("The file has several columns for {column}: {names}.")
    hint = N_("Take one of them away, or give it another name.")


class TooManyColumnsError(UsageError):
    """More columns than any table of rents has."""

    code = "columns_too_many"
    message = N_("The file has {count} columns; at most {most} are read.")
    hint = N_("Is its first line the one with the names of the columns?")


class Column(NamedTuple):
    """A field of a row and the words by which a header names it, the Indonesian and the English one first."""

    field: str
    words: tuple[str, ...]
    required: bool = False


_PROPERTY = Column("property", ("properti", "property", "kos", "kode properti", "property code"))
_RENT = ("sewa", "rent", "monthly rent", "harga", "harga sewa", "sewa bulanan", "sewa per bulan", "tarif")

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    "payments": (
        Column("tenant", ("penyewa", "tenant", "kode penyewa", "tenant code", "penghuni", "nama", "name"), True),
        Column("amount", ("jumlah", "amount", "nominal", "jumlah bayar"), True),
        Column("date", ("tanggal", "date", "tgl", "tanggal bayar", "tgl bayar", "payment date", "paid on"), True),
        Column("method", ("metode", "method", "cara bayar", "metode bayar", "payment method")),
        Column("reference", ("referensi", "reference", "ref", "no referensi", "bukti", "no bukti")),
        Column("note", ("catatan", "note", "notes", "keterangan", "remark")),
        _PROPERTY,
    ),
    "tenants": (
        Column("name", ("nama", "name", "nama penyewa", "penyewa", "tenant", "tenant name"), True),
        Column("code", ("kode", "code", "kode penyewa", "tenant code")),
        Column("phone", ("telepon", "phone", "hp", "no hp", "nomor hp", "telp", "no telp", "no telepon", "whatsapp",
                         "wa", "no wa")),
        Column("email", ("surel", "email", "e mail")),
        Column("national_id", ("nik", "national id", "ktp", "no ktp", "nomor ktp")),
        Column("emergency_name", ("kontak darurat", "emergency name", "nama darurat", "emergency contact")),
        Column("emergency_phone", ("telepon darurat", "emergency phone", "hp darurat", "no darurat")),
        Column("room", ("kamar", "room", "no kamar", "nomor kamar", "room number")),
        Column("moved_in_on", ("tanggal masuk", "moved in on", "tgl masuk", "masuk", "moved in", "mulai", "from")),
        Column("rent", _RENT),
        Column("billing_day", ("tanggal tagihan", "billing day", "hari tagihan", "tgl tagihan")),
        Column("billed_from", ("ditagih sejak", "billed from", "tagih mulai")),
        Column("paid_through", ("lunas s d", "paid through", "paid through on", "lunas sampai", "lunas sd",
                                "dibayar sampai", "paid until")),
        Column("opening_balance", ("saldo awal", "opening balance", "opening", "tunggakan", "arrears")),
        Column("opening_on", ("per tanggal", "opening on", "tanggal saldo", "saldo per", "opening date", "as of")),
        Column("deposit", ("deposit", "deposit held", "uang jaminan", "jaminan", "titipan")),
        _PROPERTY,
    ),
    "rooms": (
        Column("number", ("nomor", "number", "kamar", "room", "no kamar", "nomor kamar", "room number"), True),
        Column("rent", _RENT, True),
        Column("type", ("tipe", "type", "room type", "jenis", "tipe kamar")),
        Column("capacity", ("kapasitas", "capacity", "jumlah tempat tidur", "beds")),
        Column("basis", ("basis", "dasar", "dasar sewa")),
        _PROPERTY,
    ),
}  # fmt: skip

# What the list of rejected rows puts beside the columns of the file; read again, it says nothing.
ERROR_FIELDS = ("line", "column", "code", "message", "value")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file in their order: the name as written, and the field it stands for, if any."""

    names: tuple[str, ...]
    fields: tuple[str | None, ...]

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.names)

    def place(self, field: str) -> int | None:
        """Where a field stands, counted from 0, or None."""
        return self.fields.index(field) if field in self.fields else None

    def name(self, field: str) -> str:
        """What the file calls a field."""
        place = self.place(field)
        return "" if place is None else self.names[place]


def choose_delimiter(line: str, kind: Kind) -> str:
    """The sign between the cells: the one by which most names are understood, else the most frequent one."""

    def merit(delimiter: str) -> tuple[int, int]:
        cells = _cells(line, delimiter)
        return sum(_field(cell, kind) is not None for cell in cells), len(cells)

    return max(DELIMITERS, key=merit)


def read_header(line: str, delimiter: str, kind: Kind) -> Header:
    """Understand the first line of a file. Columns with other names are allowed and not read.

    Raises MissingColumnError, DuplicateColumnError, TooManyColumnsError, UncleanTextError.
    """
    names = tuple(clean_or_none(name, "header", 500) or "" for name in _cells(line, delimiter))
    if len(names) > MOST_COLUMNS:
        raise TooManyColumnsError(count=len(names), most=MOST_COLUMNS)
    fields = tuple(_field(name, kind) for name in names)
    _refuse_twins(names, fields)
    missing = [column.words[:2] for column in COLUMNS[kind] if column.required and column.field not in fields]
    if missing:
        raise MissingColumnError(columns=_told(missing), known=_told([column.words[:2] for column in COLUMNS[kind]]))
    return Header(names, fields)


def unread_names(header: Header, kind: Kind) -> tuple[str, ...]:
    """The columns that nobody reads, for a note: a misspelt name must not pass in silence."""
    return tuple(
        name
        for name, field in zip(header.names, header.fields, strict=True)
        if name and field is None and _error_field(name) is None
    )


def error_header(header: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Names for ERROR_FIELDS that clash with no column of the file and mean no field of `kind`."""
    taken = {_plain(name) for name in header}
    return tuple(f"error_{name}" if name in taken or _field(name, kind) is not None else name for name in ERROR_FIELDS)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _field(name: str, kind: Kind) -> str | None:
    word = _plain(name)
    return next((column.field for column in COLUMNS[kind] if word in column.words), None) if word else None


def _error_field(name: str) -> str | None:
    word = _plain(name).removeprefix("error ")
    return word if word in ERROR_FIELDS else None


def _plain(name: str) -> str:
    """A name without what people write differently: capitals, `_`, `-`, dots, a star for a required column."""
    words = re.sub(r"[\s_./:*-]+", " ", unicodedata.normalize("NFKC", name).casefold())
    return words.strip()


def _refuse_twins(names: Sequence[str], fields: Sequence[str | None]) -> None:
    meant = [field or _plain(name) for name, field in zip(names, fields, strict=True)]
    for word, count in Counter(meant).items():
        if word and count > 1:
            twins = [name for name, mean in zip(names, meant, strict=True) if mean == word]
            raise DuplicateColumnError(column=word, names=", ".join(twins))


def _told(columns: Sequence[tuple[str, ...]]) -> str:
    return ", ".join("/".join(dict.fromkeys(words)) for words in columns)
