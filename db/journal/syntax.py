"""How hledger and beancount write the same things."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from db.journal.entries import Balance, Transaction

_DAY = timedelta(days=1)


class Hledger:
    """Lines of hledger: https://hledger.org/hledger.html#journal"""

    def head(self, title: str) -> Iterator[str]:
        """What stands above everything."""
        yield f"; {title}"

    def declare(self, account: str, day: date, name: str) -> Iterator[str]:
        """An account before it is used for the first time; `name` is what people call it."""
        yield f"account {account}" + (f"  ; {name}" if name else "")

    def currency(self, code: str) -> Iterator[str]:
        """A currency before it is used for the first time."""
        yield f"commodity 1000.00 {code}"

    def transaction(self, told: Transaction) -> Iterator[str]:
        """An entry."""
        tags = ", ".join(f"{name}:{value}" for name, value in told.tags.items())
        yield f"{told.day} * {told.whose or '-'} | {told.words or '-'}" + (f"  ; {tags}" if tags else "")
        for account, amount in told.postings:
            yield f"    {account}  {amount:f} {told.currency}"

    def assertions(self, day: date, balances: Iterable[Balance]) -> Iterator[str]:
        """What accounts come to at the end of `day`."""
        yield f"{day} * - | what the book says"
        for account, amount, currency in balances:
            yield f"    {account}  0 {currency} = {amount:f} {currency}"


class Beancount:
    """Lines of beancount: https://beancount.github.io/docs/beancount_language_syntax.html"""

    def head(self, title: str) -> Iterator[str]:
        """What stands above everything."""
        yield f'option "title" "{title}"'

    def declare(self, account: str, day: date, name: str) -> Iterator[str]:
        """An account before it is used for the first time; `name` is what people call it."""
        yield f"{day} open {account}"
        if name:
            yield f'  name: "{name}"'

    def currency(self, code: str) -> Iterator[str]:
        """A currency before it is used for the first time."""
        yield f'option "operating_currency" "{code}"'

    def transaction(self, told: Transaction) -> Iterator[str]:
        """An entry."""
        yield f'{told.day} * "{told.whose}" "{told.words}"'
        for name, value in told.tags.items():
            yield f'  {name}: "{value}"'
        for account, amount in told.postings:
            yield f"  {account}  {amount:f} {told.currency}"

    def assertions(self, day: date, balances: Iterable[Balance]) -> Iterator[str]:
        """What accounts come to at the end of `day`."""
        # They are of the beginning of their day there.
        for account, amount, currency in balances:
            yield f"{day + _DAY} balance {account}  {amount:f} {currency}"


Syntax = Hledger | Beancount
SYNTAXES: dict[str, type[Syntax]] = {"hledger": Hledger, "beancount": Beancount}
