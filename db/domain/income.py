"""Income by month, told twice (R19): when money came in, and which month it was for.

Mixed into one figure, a yearly prepayment makes one splendid month and eleven poor ones.
"""

from collections.abc import Iterable
from decimal import Decimal

from db.domain.ledger import REFUND, ChargeEntry, PaymentEntry
from db.domain.money import ZERO
from db.domain.periods import YearMonth

# A deposit applied to a charge is booked as a payment, but no money comes in.
DEPOSIT_METHOD = "deposit"
# What was owed before the books began was earned before them (R17); credit that is paid back is no income (R13).
NOT_EARNED = ("opening", REFUND)


def cash_income(payments: Iterable[PaymentEntry]) -> dict[YearMonth, Decimal]:
    """Money received per month of its payment date; prepayments in full, applied deposits not at all."""
    return _by_month(
        (YearMonth.of(payment.payment_date), payment.amount) for payment in payments if payment.method != DEPOSIT_METHOD
    )


def accrual_income(charges: Iterable[ChargeEntry]) -> dict[YearMonth, Decimal]:
    """Charges less credits per month in which their period starts; without opening balances and refunds.

    A charge without a period counts in the month it is dated. A reversal counts where its original
    does when it carries the original's period.
    """
    return _by_month(
        (YearMonth.of(charge.period_start or charge.charged_on), charge.amount)
        for charge in charges
        if charge.kind not in NOT_EARNED
    )


def _by_month(amounts: Iterable[tuple[YearMonth, Decimal]]) -> dict[YearMonth, Decimal]:
    sums: dict[YearMonth, Decimal] = {}
    for month, amount in amounts:
        sums[month] = sums.get(month, ZERO) + amount
    return dict(sorted(sums.items()))
