"""Files that can't be imported at all: one clear error, and nothing has changed."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db.domain.csvrows import DuplicateColumnError, MissingColumnError, TooManyColumnsError
from db.domain.texts import UncleanTextError
from db.errors import EkostError, ExitCode
from db.repositories.lookup import PropertyMissingError, PropertyNotFoundError
from db.services.imports.reading import (
    LONGEST_ROW,
    EncodingError,
    FileEmptyError,
    FileIsFolderError,
    FileMissingError,
    FileNotRegularError,
    FileTooLargeError,
    FileUnreadableError,
    NotTextError,
    RowTooLongError,
    Text,
    opened,
)
from db.services.imports.staging import NoRowsError, Request, stage_file
from tests.db.services.house import House
from tests.db.services.imports.filing import HEADER, stage

ROW = "BUDI,1500000,2026-02-01,,,\n"


def tables_and_imports(conn: Connection) -> tuple[int, int]:
    """How many imports there are, and stages."""
    stages = text("select count(*) from pg_class where relname like 'import_stage_%'")
    return conn.execute(text("select count(*) from imports")).scalar_one(), conn.execute(stages).scalar_one()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", FileEmptyError),
        (b"\xef\xbb\xbf", FileEmptyError),
        (b"\n\r\n  \n", FileEmptyError),
        (HEADER.encode(), NoRowsError),
        (HEADER.encode() + b",,,,,\n\n", NoRowsError),
        (b"tenant,amount\nBUDI,1\n", MissingColumnError),
        (ROW.encode(), MissingColumnError),
        (b"tenant,amount,date,jumlah\n", DuplicateColumnError),
        (b"tenant,tenant,amount,date\n", DuplicateColumnError),
        (b"tenant,amount,date,bank,Bank\n", DuplicateColumnError),
        (b"tenant,amount,date" + b",x" * 200, TooManyColumnsError),
        (b"tenant,amount,date,\x1b[2J\n", UncleanTextError),
        (HEADER.encode() + "BUDI,1,2026-02-01,,,caf\xe9\n".encode("latin-1"), EncodingError),
        (HEADER.encode("utf-16"), EncodingError),
        (b"PK\x03\x04\x14\0\x06\0\x08\0\n\0", NotTextError),
        (b"\x7fELF\x02\x01\x01\0\n", NotTextError),
        (b"x" * 10_000_000, RowTooLongError),
        (HEADER.encode() + b"BUDI,1,2026-02-01,,," + b"x" * 10_000_000 + b"\n", RowTooLongError),
        (HEADER.encode() + b'BUDI,1,2026-02-01,,,"' + b"x" * 10_000_000 + b'"\n', RowTooLongError),
    ],
)
def test_a_bad_file_is_refused_as_a_whole(kosa: House, content: bytes, expected: type[EkostError]) -> None:
    before = tables_and_imports(kosa.conn)
    with pytest.raises(expected) as refused, kosa.conn.begin_nested():
        stage(kosa.conn, content)
    assert refused.value.exit_code in (ExitCode.USAGE, ExitCode.REFUSED)
    assert tables_and_imports(kosa.conn) == before


def test_the_line_that_is_no_text_is_named(kosa: House) -> None:
    content = HEADER.encode() + ROW.encode() * 50_000 + b"\xff\n"
    with pytest.raises(EncodingError) as refused, kosa.conn.begin_nested():
        stage(kosa.conn, content)
    assert refused.value.fields["line"] == 50_002


def test_the_line_that_is_too_long_is_named(kosa: House) -> None:
    content = HEADER + ROW * 3 + "x" * (LONGEST_ROW + 1) + "\n"
    with pytest.raises(RowTooLongError) as refused, kosa.conn.begin_nested():
        stage(kosa.conn, content)
    assert refused.value.fields["line"] == 5


def test_a_missing_column_is_named_in_both_languages(kosa: House) -> None:
    with pytest.raises(MissingColumnError) as refused, kosa.conn.begin_nested():
        stage(kosa.conn, "penyewa;tanggal\nBUDI;2026-02-01\n")
    assert str(refused.value) == "The file has no column jumlah/amount."


def test_a_property_that_does_not_exist_is_refused_before_anything(kosa: House) -> None:
    with pytest.raises(PropertyNotFoundError), kosa.conn.begin_nested():
        stage(kosa.conn, HEADER + ROW, property_code="KOSX")


def test_tenants_without_a_property_need_one_to_be_named(kosa: House) -> None:
    kosa.conn.execute(text("insert into properties (code, name) values ('KOSB', 'Kos Mawar')"))
    with pytest.raises(PropertyMissingError), kosa.conn.begin_nested():
        stage(kosa.conn, "nama\nBudi\n", kind="tenants")


def test_a_file_of_more_than_is_allowed_is_refused_before_it_is_read(kosa: House, tmp_path: Path) -> None:
    file, most = tmp_path / "large.csv", 1 << 20
    body = (HEADER + ROW).encode()
    file.write_bytes(body.ljust(most + 1, b"\n"))
    request = Request("payments", most_mib=1)
    with opened(file) as stream:
        with pytest.raises(FileTooLargeError) as refused, kosa.conn.begin_nested():
            stage_file(kosa.conn, request, stream, file.name)
        assert stream.tell() == 0
    assert str(refused.value) == "large.csv is larger than 1 MiB."
    # What comes through a pipe is found out on the way.
    with pytest.raises(FileTooLargeError), kosa.conn.begin_nested():
        stage_file(kosa.conn, request, BytesIO(file.read_bytes()), "-")
    os.truncate(file, most)
    with opened(file) as stream:
        assert stage_file(kosa.conn, request, stream, file.name).row.rows_total == 1


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to("pipe.csv")
    for path in (tmp_path / "pipe.csv", tmp_path / "link.csv", Path("/dev/zero")):
        with pytest.raises(FileNotRegularError) as refused, opened(path):
            pass
        assert str(refused.value) == f"{path} is no regular file."


def test_files_that_can_not_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError) as missing, opened(tmp_path / "none.csv"):
        pass
    assert missing.value.exit_code == ExitCode.NOT_FOUND
    with pytest.raises(FileIsFolderError) as folder, opened(tmp_path):
        pass
    assert folder.value.exit_code == ExitCode.USAGE
    with pytest.raises(FileUnreadableError), opened(Path("a\0b")):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.touch(mode=0)
    with pytest.raises(FileUnreadableError) as refused, opened(secret):
        pass
    assert refused.value.exit_code == ExitCode.FAILED


def test_the_hash_is_of_the_bytes_as_they_stand() -> None:
    body = b"\xef\xbb\xbfa\r\nb"
    source = Text(BytesIO(body), "x")
    assert "".join(source) == "a\nb\n"
    assert source.sha256 == __import__("hashlib").sha256(body).hexdigest()


def test_a_name_that_steers_a_terminal_is_kept_harmless(kosa: House) -> None:
    staged = stage(kosa.conn, HEADER + ROW, name="\x1b[2Jpay\udcffments\u202e.csv")
    assert staged.row.file_name == "?[2Jpay?ments?.csv"
