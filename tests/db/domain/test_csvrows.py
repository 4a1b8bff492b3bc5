"""Headers: understood in any order and spelling, or refused, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.csvrows import (
    COLUMNS,
    ERROR_FIELDS,
    DuplicateColumnError,
    Header,
    Kind,
    MissingColumnError,
    TooManyColumnsError,
    choose_delimiter,
    error_header,
    read_header,
    unread_names,
)

KINDS: tuple[Kind, ...] = ("payments", "tenants", "rooms")


def test_a_header_in_indonesian() -> None:
    header = read_header("Penyewa;Jumlah;Tanggal;Metode;Referensi;Catatan", ";", "payments")
    assert header.fields == ("tenant", "amount", "date", "method", "reference", "note")


def test_a_header_in_english_in_another_order_with_other_columns() -> None:
    header = read_header("id,NOTE,Payment_Date,amount*, Tenant ,tenant_name", ",", "payments")
    assert header.fields == (None, "note", "date", "amount", "tenant", None)
    assert (header.place("amount"), header.name("date"), header.place("method")) == (3, "Payment_Date", None)
    assert unread_names(header, "payments") == ("id", "tenant_name")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_makes_sense(kind: Kind, delimiter: str) -> None:
    line = delimiter.join(column.words[0] for column in COLUMNS[kind])
    assert choose_delimiter(line, kind) == delimiter


def test_a_delimiter_within_a_name_does_not_mislead() -> None:
    assert choose_delimiter('tenant;amount;date;"note, long, longer, longest"', "payments") == ";"


def test_a_missing_column_lists_what_is_known() -> None:
    with pytest.raises(MissingColumnError) as refused:
        read_header("nama,kamar", ",", "payments")
    assert refused.value.fields["columns"] == "jumlah/amount, tanggal/date"


@pytest.mark.parametrize("line", ["tenant,amount,date,Amount", "tenant,amount,date,jumlah", "tenant,amount,date,x,X"])
def test_two_columns_of_one_meaning_are_refused(line: str) -> None:
    with pytest.raises(DuplicateColumnError):
        read_header(line, ",", "payments")


def test_columns_without_a_name_are_no_twins() -> None:
    assert read_header("tenant,amount,date,,", ",", "payments").width == 5


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(TooManyColumnsError):
        read_header("," * 200, ",", "payments")


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_means_two_fields(kind: Kind) -> None:
    words = [word for column in COLUMNS[kind] for word in column.words]
    assert len(words) == len(set(words))
    assert all(word == word.casefold() and "_" not in word for word in words)


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_of_errors_can_be_read_again(kind: Kind) -> None:
    """Its own columns neither clash with those of the file nor mean anything, and pass without a note."""
    names = tuple(column.words[0] for column in COLUMNS[kind])
    mended = (*error_header(names, kind), *names)
    header = read_header(",".join(mended), ",", kind)
    assert header.fields[: len(ERROR_FIELDS)] == (None,) * len(ERROR_FIELDS)
    assert unread_names(header, kind) == ()
    assert error_header(mended, kind) != ERROR_FIELDS


def test_a_tenants_code_is_not_the_code_of_an_error() -> None:
    assert error_header(("nama",), "tenants") == ("line", "column", "error_code", "message", "value")
    assert error_header(("penyewa",), "payments") == ERROR_FIELDS


@given(st.text(max_size=80), st.sampled_from(KINDS))
def test_any_first_line_is_understood_or_refused(line: str, kind: Kind) -> None:
    from db.errors import EkostError

    try:
        header = read_header(line, choose_delimiter(line, kind), kind)
    except EkostError:
        return
    assert isinstance(header, Header)
