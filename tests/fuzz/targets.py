"""What reads that which others have written: given any bytes, each ends well, or says what is wrong in our words.

The suite tries a few hundred on each; `make fuzz` goes on for as long as one likes, led by what the code does.
"""

import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from unicodedata import category

from sqlalchemy import BigInteger, Date, column

from db.backup.manifest import manifest_path, read_manifest
from db.domain.bank.formats import FORMATS, read_statement
from db.domain.bank.statement import assert_balances, fingerprints
from db.domain.csvrows import choose_delimiter, read_header
from db.domain.days import parse_date
from db.domain.money import parse_amount, parse_machine_amount
from db.domain.texts import clean
from db.engine import Database
from db.errors import EkostError
from db.redis_url import read_redis_url
from db.repositories.paging import Keyset, read_cursor, write_cursor
from db.services.imports.cells import payment_readers, read_basis, read_number, unguarded
from db.services.imports.reading import Text
from db.services.imports.records import Rows
from db.settings import load_settings
from db.settings_file import exposure, write_setting
from locales.safe import HIDDEN, safe
from locales.writers import guard

TODAY = date(2026, 10, 15)
KEYSET = Keyset((column("day", Date), column("id", BigInteger)), descending=True)
SECRET = "t0psecret"


def text_of(data: bytes) -> str:
    """Bytes as a text that a program may be given, half of a pair included."""
    return data.decode("utf-8", errors="surrogateescape")


def csv(data: bytes) -> None:
    """A file is refused, or becomes rows for COPY of one width, each with its line."""
    with suppress(EkostError):
        blocks = list(Text(io.BytesIO(data), "any.csv"))
        first, *rest = "".join(blocks).split("\n") if blocks else [""]
        delimiter = choose_delimiter(first, "payments")
        header = read_header(first, delimiter, "payments")
        rows = Rows(delimiter, header.width, lines_before=1)
        told = "".join(rows.feed(["\n".join(rest)] if rest else []))
        assert (rows.count > 0) == bool(told)


def cells(data: bytes) -> None:
    """A cell means something, or is refused; and the guard against formulas comes off again."""
    given = data.decode("utf-8", errors="replace")
    stored = "".join(char for char in given if char.isprintable())  # the database takes no other
    assert unguarded(guard(stored)) == stored
    for dates, amounts in (("iso", "plain"), ("dmy", "id")):
        for reader in payment_readers({"dates": dates, "amounts": amounts}).values():
            with suppress(EkostError):
                reader(given)
    for read in (read_number, read_basis):
        with suppress(EkostError):
            read(given)


def money(data: bytes) -> None:
    """An amount has at most two decimals and is read the same once more, or it is refused."""
    given = text_of(data)
    for language in ("id", "en"):
        with suppress(EkostError):
            amount = parse_amount(given, language=language)
            assert amount == amount.quantize(Decimal("0.01"))
            assert abs(amount) < Decimal(10) ** 12
            assert parse_machine_amount(f"{amount:f}") == amount
    with suppress(EkostError):
        parse_machine_amount(given)


def dates(data: bytes) -> None:
    """A day is a day that ISO writes, or it is refused."""
    with suppress(EkostError):
        assert date.fromisoformat(parse_date(text_of(data), TODAY).isoformat())


def cursor(data: bytes) -> None:
    """A cursor that we have not written is refused, or is of this very list; one that we have written is read."""
    with suppress(EkostError):
        assert len(read_cursor(KEYSET, "list", text_of(data))) == len(KEYSET.columns)
    number = int.from_bytes(data[:7], "big")
    mine = write_cursor(KEYSET, "list", (TODAY, number))
    assert [str(value) for value in read_cursor(KEYSET, "list", mine)] == [str(TODAY), str(number)]
    with suppress(EkostError):
        read_cursor(KEYSET, "another", mine)
        raise AssertionError("a cursor of another list")


def terminal(data: bytes) -> None:
    """Nothing that a terminal obeys or hides comes out of the sanitiser, and nothing changes the second time."""
    shown = safe(text_of(data))
    assert not any(category(char) in HIDDEN for char in shown)
    assert safe(shown) == shown


def config(data: bytes) -> None:
    """A configuration file is read or refused."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ekost" / "config.toml"
        file.parent.mkdir()
        file.write_bytes(data)
        file.chmod(0o600)
        with suppress(EkostError):
            load_settings({"XDG_CONFIG_HOME": folder, "HOME": folder})
        with suppress(EkostError):
            write_setting(file, "language", "id")
            assert load_settings({"XDG_CONFIG_HOME": folder, "HOME": folder}).language == "id"
        file.write_bytes(data)
        file.chmod(0o644)
        exposure(file)


def manifest(data: bytes) -> None:
    """What lies beside a backup is a manifest, or it is not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.dump"
        manifest_path(path).write_bytes(data)
        with suppress(EkostError):
            found = read_manifest(path)
            assert found.dump_major + found.entries >= 0


def address(data: bytes) -> None:
    """An address is read or refused, and what is told never holds its password."""
    given = text_of(data)
    for url in (given, f"postgresql://u:{SECRET}{given}", f"redis://u:{SECRET}{given}"):
        try:
            if url.startswith("redis"):
                read_redis_url(url, insecure=False)
            else:
                told = Database(url).place
                assert SECRET not in told or "@" not in given  # without an @ it is the host
        except EkostError as error:
            told = json.dumps([str(error), error.hint, *map(str, error.fields.values())])
            assert SECRET not in told


def statement(data: bytes) -> None:
    """A bank's file is refused, or becomes lines that the database takes, each told from the others."""
    given = data.decode("utf-8", errors="replace")
    head = "Periode,01/12/2025 - 31/01/2026\nTanggal,Keterangan,Cabang,Jumlah,Saldo\n"
    for form in FORMATS:
        for text in (given, head + given, "date;description;amount\n" + given):
            with suppress(EkostError):
                found = read_statement(text, form, "dmy", "id")
                assert len(set(fingerprints(found.lines))) == len(found.lines)
                for line in found.lines:
                    assert line.amount == line.amount.quantize(Decimal("0.01")) != 0
                    assert clean(line.description, "description", 500)
                assert_balances(found)


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (csv, cells, money, dates, cursor, terminal, config, manifest, address, statement)
}
