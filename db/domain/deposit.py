"""The deposit (R8): a liability with its own small ledger, neither income nor part of the rent balance.

received = held + applied + refunded, always: more than is held can be neither applied nor given back.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from db.domain.money import ZERO, require_positive
from db.errors import N_, RuleError


class DepositExceededError(RuleError):
    """More than the deposit still holds."""

    code = "deposit_exceeded"
    message = N_("The deposit holds {held}, so {amount} can't be taken from it.")
    hint = N_("Take at most what is held.")


@dataclass(frozen=True, slots=True)
class DepositState:
    """Sums over a tenant's deposit; each method returns the state afterwards."""

    received: Decimal = ZERO
    applied: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """What the landlord still owes the tenant."""
        return self.received - self.applied - self.refunded

    def receive(self, amount: Decimal) -> "DepositState":
        """Take a deposit. Raises NonPositiveAmountError."""
        return replace(self, received=self.received + require_positive(amount))

    def apply(self, amount: Decimal) -> "DepositState":
        """Use it to pay charges. Raises NonPositiveAmountError, DepositExceededError."""
        return replace(self, applied=self.applied + self._available(amount))

    def refund(self, amount: Decimal) -> "DepositState":
        """Give it back. Raises NonPositiveAmountError, DepositExceededError."""
        return replace(self, refunded=self.refunded + self._available(amount))

    def settlement(self, owed: Decimal) -> tuple[Decimal, Decimal]:
        """What to apply to a balance of `owed` and what to refund when a tenant leaves."""
        apply = min(max(owed, ZERO), self.held)
        return apply, self.held - apply

    def _available(self, amount: Decimal) -> Decimal:
        if require_positive(amount) > self.held:
            raise DepositExceededError(held=self.held, amount=amount)
        return amount
