"""Work that stopped, tried again: an import behind the last row that it kept, or a dead job."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from locales.catalogs import N_, _
from locales.formats import number as figures
from locales.statuses import status_word
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import Given
from tui.dialogs.form import FormDialog
from tui.importing import carry_on

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.imports import ImportRow
    from db.repositories.jobs import JobRow


class ImportForm(FormDialog["ImportRow"]):
    """A form about one import."""

    TITLE: ClassVar[str]

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book)
        self.number = number

    def title_text(self) -> str:
        """What is done, and with which import."""
        return _(self.TITLE).format(number=self.number)

    def read_subject(self, conn: "Connection") -> "ImportRow":
        """The import. Raises ImportNotFoundError."""
        from db.repositories.imports import Imports

        return Imports(conn).row(self.number)

    def command_words(self, subject: "ImportRow") -> tuple[list[str], list[str]]:
        """The import."""
        return [str(self.number)], []


class JobForm(FormDialog["JobRow"]):
    """A form about one dead job."""

    TITLE: ClassVar[str]

    def __init__(self, book: Book, job: str) -> None:
        super().__init__(book)
        self.job = job

    def title_text(self) -> str:
        """What is done, and with which job."""
        return _(self.TITLE).format(job=self.job)

    def read_subject(self, conn: "Connection") -> "JobRow":
        """The job. Raises JobNotFoundError."""
        from db.repositories.jobs import Jobs

        return Jobs(conn).row(self.job)

    def command_words(self, subject: "JobRow") -> tuple[list[str], list[str]]:
        """The job."""
        return [self.job], []

    def effect(self, conn: "Connection", subject: "JobRow", given: Given, number: int) -> Iterator[str]:
        """What it is about, why it stopped, and its state before and after."""
        from db.repositories.jobs import Jobs

        yield subject.subject
        if subject.error:
            yield subject.error
        after = Jobs(conn).row(self.job).state
        yield _("{before} → {after}").format(before=status_word(subject.state), after=status_word(after))


class RetryImportDialog(ImportForm):
    """Nothing is asked but whether."""

    TITLE = N_("Go on with import {number}")
    SAVE = N_("Go on")
    COMMAND = "ekost import retry"
    OPERATION = "tui.retry-import"

    def carry_out(self, conn: "Connection", subject: "ImportRow", given: Given) -> int:
        """Let it run again."""
        from db.services.imports.run import reopen

        reopen(conn, self.number)
        return self.number

    def effect(self, conn: "Connection", subject: "ImportRow", given: Given, number: int) -> Iterator[str]:
        """How much is left to do."""
        left = subject.rows_total - subject.rows_done()
        yield subject.file_name
        yield _("{done} rows are done, {left} are left.").format(done=figures(subject.rows_done()), left=figures(left))

    def done(self, subject: "ImportRow", given: Given, number: int) -> Done:
        """It goes on; without a worker here."""
        return Done(_("Import {number} goes on.").format(number=number), after=partial(carry_on, number))


class RetryJobDialog(JobForm):
    """A dead job gets all its attempts again."""

    TITLE = N_("Try job {job} again")
    SAVE = N_("Try again")
    COMMAND = "ekost jobs retry"
    OPERATION = "tui.retry-job"

    def carry_out(self, conn: "Connection", subject: "JobRow", given: Given) -> int:
        """Let it be tried again."""
        from db.services.deliveries import retry_delivery
        from db.services.imports.run import reopen

        if subject.queue == "imports":
            reopen(conn, subject.number)
        else:
            retry_delivery(conn, subject.number, subject.queue)
        return subject.number

    def done(self, subject: "JobRow", given: Given, number: int) -> Done:
        """It waits for a worker."""
        after = partial(carry_on, number) if subject.queue == "imports" else None
        return Done(_("Job {job} is tried again.").format(job=self.job), after=after)
