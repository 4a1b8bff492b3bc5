"""Several people with logins of their own at one book, each in transactions of her own."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, make_url, text

from db.engine import Database

PASSWORD = "a-long-password"


class People:
    """The owner of a book, and who was given a login by `add`; roles belong to the server, so their names are new."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._tail = uuid.uuid4().hex[:8]
        self._books: dict[str, Database] = {}

    def add(self, name: str, grade: str) -> str:
        """Give somebody a login; its name."""
        login = f"{name}_{self._tail}"
        with self.database.transaction() as conn:
            values = {"login": login, "grade": grade, "password": PASSWORD}
            conn.execute(text("select add_login(:login, :grade, null, :password)"), values)
        url = make_url(self.database.url).set(username=login, password=PASSWORD)
        self._books[login] = Database(url.render_as_string(hide_password=False))
        return login

    @contextmanager
    def being(self, login: str | None = None) -> Iterator[Connection]:
        """A transaction of this person, or of the owner."""
        with (self._books[login] if login else self.database).transaction() as conn:
            yield conn

    def revoke(self, login: str) -> None:
        """Take the login back."""
        with self.database.transaction() as conn:
            conn.execute(text("select revoke_login(:login)"), {"login": login})

    def leave(self) -> None:
        """Let no role stay on the server."""
        for login, book in self._books.items():
            book.engine.dispose()
            self.revoke(login)
