"""Read a file as a stream: hashed as it comes, decoded, and refused as a whole where no row could be trusted.

Nothing is held but one block, so that a million rows need no more memory than ten.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from db.errors import N_, EkostError, NotFoundError, UsageError

BLOCK = 1 << 18
# A row of a kos has a few hundred characters; what is longer is no row.
LONGEST_ROW = 100_000

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class FileMissingError(NotFoundError):
    """There is no such file."""

    code = "file_not_found"
    message = N_("There is no file {path}.")


class FileIsFolderError(UsageError):
    """A folder was named."""

    code = "file_is_folder"
    message = N_("{path} is a folder, not a file.")


class FileUnreadableError(EkostError):
    """The system does not let us read it."""

    code = "file_unreadable"
    message = N_("{path} can't be read: {reason}.")


class FileNotRegularError(UsageError):
    """A pipe, a device or a socket by its name: it may wait for ever, or never end."""

    code = "file_not_regular"
    message = N_("{path} is no regular file.")
    hint = N_("What another program writes is read from standard input: `-`.")


class FileTooLargeError(UsageError):
    """More than anybody's payments; `most` is in MiB."""

    code = "file_too_large"
    message = N_("{path} is larger than {most} MiB.")
    hint = N_("Divide it, or allow more: `ekost config set import_max_mib …`")


class FileEmptyError(UsageError):
    """Nothing in it, or only blank lines."""

    code = "file_empty"
    message = N_("The file is empty.")


class NotTextError(UsageError):
    """A spreadsheet, a picture, a program."""

    code = "file_not_text"
    message = N_("The file is not a text file.")
    hint = N_("Save the spreadsheet as CSV (UTF-8) first.")


class EncodingError(UsageError):
    """Text, but not in UTF-8."""

    code = "file_encoding"
    message = N_("Line {line} is not UTF-8 text.")
    hint = N_("Save the file as CSV in UTF-8.")


class RowTooLongError(UsageError):
    """A line that is no row."""

    code = "row_too_long"
    message = N_("Line {line} is longer than {most} characters.")
    hint = N_("Is it a file of rows? A quotation mark that is never closed can also be the reason.")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, open for reading.

    Raises FileMissingError, FileIsFolderError, FileNotRegularError, FileUnreadableError.
    """
    try:
        # Looked at when it is open: a name may change its file.
        stream = open(path, "rb", opener=_not_waiting)  # noqa: SIM115
    except FileNotFoundError:
        raise FileMissingError(path=path) from None
    except IsADirectoryError:
        raise FileIsFolderError(path=path) from None
    except (OSError, ValueError) as error:
        raise FileUnreadableError(path=path, reason=getattr(error, "strerror", None) or "-") from None
    with stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise FileNotRegularError(path=path)
        yield stream


def _not_waiting(path: str, flags: int) -> int:
    """A pipe without anybody at its other end would wait for one."""
    return os.open(path, flags | os.O_NONBLOCK)


def await_first_byte(stream: BinaryIO) -> None:
    """Wait until a slow writer has begun, before a transaction is opened that would time out meanwhile."""
    if isinstance(stream, BufferedReader):
        with suppress(OSError):  # the reading itself will tell
            stream.peek(1)


class Text:
    """The text of a stream in blocks of whole lines, each ended by one LF.

    Iterating raises FileTooLargeError (more than `most_mib`; 0 is any size), NotTextError, EncodingError,
    RowTooLongError, FileUnreadableError.
    """

    def __init__(self, stream: BinaryIO, name: str, most_mib: int = 0) -> None:
        self._stream = stream
        self._name = name
        self._most_mib = most_mib
        self._read_bytes = 0
        self._digest = hashlib.sha256()
        self._lines = 0

    @property
    def sha256(self) -> str:
        """Of the bytes read so far."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[str]:
        rest = b""
        for block in self._blocks():
            whole, newline, rest = (rest + block).rpartition(b"\n")
            if len(rest) > LONGEST_ROW * 4:
                raise RowTooLongError(line=self._lines + whole.count(b"\n") + 1, most=LONGEST_ROW)
            if newline:
                yield self._decoded(whole + newline)
        if rest:
            yield self._decoded(rest + b"\n")

    def _blocks(self) -> Iterator[bytes]:
        first = True
        self._refuse_more(_size(self._stream))
        while block := self._read():
            self._read_bytes += len(block)
            self._refuse_more(self._read_bytes)
            self._digest.update(block)
            if first:
                if block.startswith(_UTF16):
                    raise EncodingError(line=1)
                block = block.removeprefix(_BOM)
                first = False
            yield block

    def _refuse_more(self, size: int) -> None:
        if self._most_mib and size > self._most_mib << 20:
            raise FileTooLargeError(path=self._name, most=self._most_mib)

    def _read(self) -> bytes:
        try:
            return self._stream.read(BLOCK)
        except OSError as error:
            raise FileUnreadableError(path=self._name, reason=error.strerror or "-") from None

    def _decoded(self, block: bytes) -> str:
        if b"\0" in block:
            raise NotTextError
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EncodingError(line=self._lines + block.count(b"\n", 0, error.start) + 1) from None
        self._lines += block.count(b"\n")
        return text.replace("\r\n", "\n") if "\r" in text else text


def _size(stream: BinaryIO) -> int:
    """Bytes of a file, so that one which is too large is refused before it is read; 0 where only the end will tell."""
    try:
        found = os.fstat(stream.fileno())
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0
