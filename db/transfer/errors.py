"""What can go wrong when a book is written out or read in again."""

from db.engine import NotAllowedError
from db.errors import N_, EkostError, RuleError, UsageError


class BookFolderError(UsageError):
    """A file can't be written or read there."""

    code = "book_folder"
    message = N_("{path}: {reason}.")
    hint = N_("Name a folder that you may write to, or one that `ekost export book` made.")


class BookFolderTakenError(RuleError):
    """Something has that name already, and an export overwrites nothing."""

    code = "book_folder_taken"
    message = N_("{path} is there already; an export overwrites nothing.")
    hint = N_("Name a new one.")


class BookUnknownError(UsageError):
    """The folder is no export of ours."""

    code = "book_unknown"
    message = N_("{path} is no exported book: its manifest is missing or can't be read.")
    hint = N_("Name the folder that `ekost export book` made, with all its files.")


class BookDamagedError(EkostError):
    """A file is gone, or not what was written."""

    code = "book_damaged"
    message = N_("{file} is missing, or is not byte for byte what was exported.")
    hint = N_("Nothing was imported. Use another copy, or export the book again.")


class BookDiffersError(BookDamagedError):
    """The rows of a file are not those that were counted."""

    code = "book_differs"
    message = N_("{file} has other rows or sums than its manifest says.")


class BookColumnsError(EkostError):
    """A file has other columns than the table, or a value that does not fit."""

    code = "book_columns"
    message = N_("{file} does not fit this version of the book: {what}.")
    hint = N_("Nothing was imported. Use the version of the program that the manifest names.")


class BookNotNewError(RuleError):
    """The book has rows of its own, and two books can't be one."""

    code = "book_not_new"
    message = N_("There is a book in this database already ({table}).")
    hint = N_("Import into an empty database; nothing was changed.")


class BookOwnerError(NotAllowedError):
    """Rows come in with the names of those who once wrote them, which only the owner may do."""

    code = "book_owner"
    message = N_("Only the owner of the book may bring one in.")
    hint = N_("Use the login that owns the database.")


class BookTornError(RuleError):
    """Payments were detached: their rows are not in the book."""

    code = "book_torn"
    message = N_("{name} is detached, so the export would lack its payments.")
    hint = N_("Attach it first: `ekost db attach {name}`.")
