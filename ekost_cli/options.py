"""Arguments and options that several commands share; all are texts, read by the context or the command's body."""

from pathlib import Path
from typing import Annotated

import typer

from locales.catalogs import _

PropertyArg = Annotated[str, typer.Argument(metavar="PROPERTY", help=_("Code of a property."))]
RoomArg = Annotated[str, typer.Argument(metavar="ROOM", help=_("Number of a room, such as A1 or KOSA/A1."))]
TenantArg = Annotated[
    str, typer.Argument(metavar="TENANT", help=_("Code or id of a tenant; the name if only one has it."))
]
AmountArg = Annotated[
    str, typer.Argument(metavar="AMOUNT", help=_("Amount, such as 1500000, 1.500.000, Rp1.500.000 or 1,5jt."))
]
NumberArg = Annotated[str, typer.Argument(metavar="ID", help=_("Its number, as the list shows it."))]
FileArg = Annotated[Path, typer.Argument(metavar="FILE", help=_("A file, or - for standard input."))]

TenantOption = Annotated[str | None, typer.Option("--tenant", metavar="TENANT", help=_("Only of this tenant."))]
DateOption = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help=_("Day, such as 2026-03-01, today or yesterday."))
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("First day, today if not given."))]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help=_("Last day."))]
DueOption = Annotated[str | None, typer.Option("--due", metavar="DATE", help=_("Day on which it is due."))]
RentOption = Annotated[str | None, typer.Option("--rent", metavar="AMOUNT", help=_("Rent a month."))]
BillingDayOption = Annotated[
    int | None, typer.Option("--billing-day", metavar="N", min=1, help=_("Day of the month that begins a period."))
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Why; it is kept."))]
MethodOption = Annotated[
    str, typer.Option("--method", metavar="METHOD", help=_("How: cash, transfer, qris, ewallet or other."))
]
PaidOutOption = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="METHOD",
        help=_("How money was paid out: cash if not given, transfer, qris, ewallet or other."),
    ),
]
PaperLanguageOption = Annotated[
    str | None,
    typer.Option("--language", metavar="LANG", help=_('Language of receipts and reminders, id or en; "" for none.')),
]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="TEXT", help=_("A remark to keep with it."))]
ReferenceOption = Annotated[
    str | None, typer.Option("--reference", metavar="TEXT", help=_("Number on the bank statement or the receipt."))
]
ArchivedOption = Annotated[bool, typer.Option("--archived", help=_("Archived ones too."))]
MatchOption = Annotated[
    str | None, typer.Option("--match", metavar="TEXT", help=_("Only of tenants that fit every word, or phone."))
]
NumberMatchOption = Annotated[
    str | None, typer.Option("--match", metavar="TEXT", help=_("Only rooms whose number begins so."))
]
VersionOption = Annotated[
    int | None,
    typer.Option(
        "--if-version", metavar="N", min=1, help=_("Only while it is of this version, as `show -o json` gives it.")
    ),
]
ReverseOption = Annotated[bool, typer.Option("--reverse", help=_("The other way round, the last first."))]
