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


ACTIONS = (Action("b", "pay", N_("Record a payment"), "paying:PayDialog", lambda things: things.tenant, True),)
BY_NAME = {action.name: action for action in ACTIONS}


def bindings() -> list[BindingType]:
    """A key for each; where a key does several things, the row decides."""
    return [
        Binding(action.key, f"do('{action.name}')", action.label, show=action.show, id=f"do.{action.name}")
        for action in ACTIONS
    ]
