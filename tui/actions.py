"""What can be done with the row under the cursor, by key. Each form is imported when it is first asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.binding import Binding, BindingType

from locales.catalogs import N_
from tui.things import Things

if TYPE_CHECKING:
    from tui.dialogs.form import FormDialog

About = Callable[[Things], Any]


class Action(NamedTuple):
    """A form by its `module:Class` under `tui.dialogs`, and what of the row it is about; None can't be done."""

    key: str
    name: str
    label: str
    form: str
    about: About
    show: bool = False

    def build(self, *given: Any) -> "FormDialog[Any]":
        """The form itself."""
        module, _, kind = self.form.partition(":")
        form: FormDialog[Any] = getattr(import_module(f"tui.dialogs.{module}"), kind)(*given)
        return form


def _spending(things: Things) -> Things | None:
    return things if things.spending else None


ACTIONS = (
    Action("b", "pay", N_("Record a payment"), "paying:PayDialog", lambda things: things.tenant, True),
    Action("c", "charge", N_("Post a charge"), "charging:ChargeDialog", lambda things: things.tenant),
    Action("m", "assign", N_("Move in"), "housing:AssignDialog",
           lambda things: things.tenant if things.housed is False else None),
    Action("m", "move", N_("Move to another room"), "housing:MoveDialog",
           lambda things: things.tenant if things.housed else None),
    Action("o", "move_out", N_("Move out"), "leaving:MoveOutDialog",
           lambda things: things.tenant if things.housed else None),
    Action("P", "rent", N_("New rent"), "terms:RentDialog", lambda things: things.tenant if things.housed else None),
    Action("B", "billing_day", N_("Another billing day"), "terms:BillingDayDialog",
           lambda things: things.tenant if things.housed else None),
    Action("D", "deposit", N_("Deposit: take, use, give back"), "deposit:DepositDialog", lambda things: things.tenant),
    Action("e", "edit_tenant", N_("Change name or contact"), "edittenant:EditTenantDialog",
           lambda things: things.tenant if things.room is None else None),
    Action("e", "edit_room", N_("Change the room"), "editroom:EditRoomDialog", lambda things: things.room),
    Action("n", "new_tenant", N_("New tenant"), "newcomer:NewTenantDialog", lambda things: things),
    Action("w", "room_status", N_("Renovation, or back"), "roomstatus:RoomStatusDialog", lambda things: things.room,
           True),
    Action("v", "void_payment", N_("Take the payment back"), "voiding:VoidPaymentDialog",
           lambda things: things.payment),
    Action("v", "void_charge", N_("Take the charge back"), "voiding:VoidChargeDialog", lambda things: things.charge),
    Action("v", "void_note", N_("Take the note back"), "noting:VoidNoteDialog", lambda things: things.note),
    Action("v", "remove_item", N_("Take the item out of the list"), "furnishing:RemoveItemDialog",
           lambda things: things.item),
    Action("N", "note", N_("Write a note"), "noting:NoteDialog", lambda things: things.room or things.tenant),
    Action("M", "reading", N_("Read a meter of the room"), "reading:ReadingDialog", lambda things: things.room, True),
    Action("I", "add_item", N_("Write down an item of the room"), "furnishing:AddItemDialog",
           lambda things: things.room),
    Action("K", "check_item", N_("Record its condition"), "furnishing:CheckItemDialog", lambda things: things.item,
           True),
    Action("E", "expense", N_("Record an expense"), "spending:ExpenseDialog", _spending, True),
    Action("v", "void_expense", N_("Take the expense back"), "spending:VoidExpenseDialog",
           lambda things: things.expense),
    Action("H", "hand_over", N_("Hand cash over"), "cash:HandOverDialog", _spending),
    Action("O", "count_cash", N_("Count the cash"), "cash:CountDialog", _spending),
    Action("K", "confirm_cash", N_("Confirm the handover"), "cash:ConfirmDialog", lambda things: things.unsigned, True),
    Action("v", "void_cash", N_("Take the handover back"), "cash:VoidCashDialog", lambda things: things.handover),
    Action("i", "import", N_("Import a file"), "importing:ImportDialog", lambda things: things),
    Action("R", "retry_import", N_("Go on with the import"), "retrying:RetryImportDialog",
           lambda things: things.import_, True),
    Action("R", "retry_job", N_("Try the job again"), "retrying:RetryJobDialog", lambda things: things.job, True),
    Action("U", "undo_import", N_("Take the import back"), "undoing:UndoImportDialog", lambda things: things.undoable,
           True),
    Action("X", "discard_job", N_("Give up what is dead"), "undoing:DiscardJobDialog", lambda things: things.dead,
           True),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}


def bindings() -> list[BindingType]:
    """A key for each; where a key does several things, the row decides."""
    return [
        Binding(action.key, f"do('{action.name}')", action.label, show=action.show, id=f"do.{action.name}")
        for action in ACTIONS
    ]
