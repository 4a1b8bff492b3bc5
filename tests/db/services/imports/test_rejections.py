"""A rejected row keeps a code and fields; the sentence is made again when somebody reads it."""

from db.errors import EkostError
from db.services.imports import rejections
from db.services.imports.cells import CellDateError, unguarded
from db.services.imports.rejections import error_of
from tests.db.services.house import House
from tests.db.services.imports.filing import HEADER, errors, imported


def test_every_code_stands_for_one_error() -> None:
    codes = [kind.code for kind in rejections._CLASSES]
    assert len(codes) == len(set(codes))


def test_an_error_is_told_again_as_it_was() -> None:
    told = error_of("date_invalid", {"text": "2026-02-30"})
    assert isinstance(told, CellDateError)
    assert str(told) == "“2026-02-30” is not a date."


def test_a_code_of_another_release_is_no_reason_to_fail() -> None:
    assert type(error_of("from_the_future", {})) is EkostError


def test_every_rejection_makes_a_whole_sentence(kosa: House) -> None:
    cells = [
        "NOBODY,x,2999-01-01,barter,a\x1bb,",
        "BUDI,0,2026-02-30,,,\u202e",
        "BUDI,1.234,0001-01-01,,,",
        "BUDI",
        '"',
    ]
    row = imported(kosa.conn, HEADER + "".join(f"{line}\n" for line in cells))
    sentences = [str(error_of(found.code, found.fields)) for found in errors(kosa.conn, row)]
    assert len(sentences) == 12
    assert not [
        sentence for sentence in sentences if "{" in sentence or "None" in sentence or sentence == EkostError.message
    ]


def test_only_guards_are_taken_off() -> None:
    assert [unguarded(text) for text in ("'=1", "' -x", "''a", "'Tis", "it's", "'", "=1")] == [
        "=1", " -x", "'a", "'Tis", "it's", "'", "=1",
    ]  # fmt: skip
