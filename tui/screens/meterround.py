"""The round from meter to meter: a figure and Enter at each, and all bills at once at the end."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from db.errors import EkostError
from db.repositories.pages import Page
from locales.catalogs import N_, _, ngettext
from locales.formats import date_short, money, number
from locales.safe import safe
from tui.dialogs.done import Done
from tui.dialogs.entries import AlreadyDoneError
from tui.listings.meterround import COLUMNS, made_of, stop_told
from tui.rounds import Round, gone_on, post_round, surroundings, take_back
from tui.scope import House
from tui.screens.frame import MORE, Frame
from tui.sentences import sentence
from tui.widgets.bars import StatusLine
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import Line, line_maker
from tui.widgets.table.messages import Moved
from tui.widgets.table.table import KeysetTable
from tui.work import start

if TYPE_CHECKING:
    from db.repositories.meters import Stop


class RoundScreen(Frame):
    """On top of the rooms. What was typed stays when it is left, and is posted whole or not at all."""

    MODE = "rooms"
    CSS_PATH = MORE
    HOLDS_WORDS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        # The line takes every key that it can use: these it can't.
        Binding("up", "walk(-1)", N_("Meter before"), show=False, priority=True, id="round.up"),
        Binding("down", "walk(1)", N_("Next meter"), show=False, priority=True, id="round.down"),
        Binding("ctrl+s", "post", N_("Post"), priority=True, id="round.post"),
        Binding("-", "shift(-1)", N_("Day before"), priority=True, id="round.day_before"),
        Binding("+", "shift(1)", N_("Next day"), priority=True, id="round.next_day"),
        Binding("escape", "leave", N_("Back"), id="round.leave"),
    ]

    def __init__(self, house: House | None) -> None:
        super().__init__()
        self._house = house.code if house else None
        self._round: Round | None = None
        # Whether the first meter that is not read yet was looked for.
        self._resumed = False
        # What was doubted: typed once more it is believed.
        self._doubted: tuple[int, str] | None = None

    def body(self) -> Iterable[Widget]:
        """Where one stands, the line for the figure, and the meters."""
        yield Static(id="stop")
        with Horizontal(id="figure"):
            yield Static(Content("> "), id="prompt")
            hint = _("a figure; 1340>12.5 where the meter was replaced")
            yield Input(id="reading", placeholder=hint, restrict=r"[0-9.,>]*", max_length=40, compact=True)
        yield KeysetTable(COLUMNS)

    @property
    def table(self) -> KeysetTable:
        """The meters."""
        return self.query_one(KeysetTable)

    @property
    def line(self) -> Input:
        """Where the figure is typed."""
        return self.query_one("#reading", Input)

    def on_mount(self) -> None:
        """Begin where the round was left, or at the first meter."""
        super().on_mount()
        self.table.can_focus = False
        self.line.focus()
        start(self, self._begin, "round")

    @property
    def awaits_rows(self) -> bool:
        """Whether the meters are on their way; what is typed until then is about the first of them."""
        return not self._resumed

    # -- the round

    async def _begin(self) -> None:
        rounds, house = self.ekost.rounds, self._house
        try:
            self._round = await self.ekost.book.ask(lambda conn: gone_on(conn, house, rounds))
        except EkostError as error:
            self._tell_nothing(sentence(error))
            return
        seen = self._round.seen
        self.ekost.rounds[seen.house.id] = self._round
        if not seen.stops:
            self._tell_nothing(_("There are no meters: `ekost meter add` brings them in."))
            return
        self._resumed = False
        self.line.focus()
        self.table.show(self._read)

    def _tell_nothing(self, why: str) -> None:
        """There is nothing to walk; keys are not about figures then."""
        self._resumed = True
        self.set_focus(None)
        self.query_one("#stop", Static).update(Content(why))

    def house_chosen(self, house: House | None) -> None:
        """The round of another property; this one stays as it is."""
        self._house, self._round = house.code if house else None, None
        self.tell_place()
        start(self, self._begin, "round")

    async def _read(self, _cut: Cut) -> Page[Line]:
        make = line_maker(COLUMNS, lambda row: row.meter_id)
        return Page([make(row) for row in self._round.rows()] if self._round else [], None, None)

    def reread(self) -> None:
        """See what the book says by now; what was typed stays."""
        start(self, partial(self._look, 0), "round")

    async def _look(self, days: int) -> None:
        """Ask for the meters of the same day, or of another one."""
        if (round_ := self._round) is None:
            await self._begin()
            return
        code, day = round_.seen.house.code, round_.seen.day + timedelta(days=days)
        try:
            round_.look(await self.ekost.book.ask(lambda conn: surroundings(conn, code, day)))
        except EkostError as error:
            self.ekost.tell(error)
        else:
            self.table.reread()

    @property
    def stop(self) -> "Stop | None":
        """The meter before which one stands."""
        at = self.table.cursor
        return self._round.seen.stops[at] if self._round and at < len(self._round.seen.stops) else None

    # -- telling

    @on(Moved)
    def arrive(self) -> None:
        """Say what is known of the meter; what was typed there stands in the line."""
        stop, round_ = self.stop, self._round
        if stop is None or round_ is None:
            return
        if not self._resumed:
            self._resumed = True
            self.table.move_to(round_.first_open())
            return
        text = round_.texts.get(stop.meter.id, "")
        if self._doubted is None or self._doubted[0] != stop.meter.id:
            self._doubted = None
            self.line.value = text
            # What is typed now takes its place.
            self.line.action_select_all()
        self._tell()

    def _tell(self, said: str = "") -> None:
        stop, round_ = self.stop, self._round
        if stop is None or round_ is None:
            return
        house, read = round_.seen.house, len(round_.reads)
        day = date_short(round_.seen.day)
        on_day = "" if round_.seen.day == house.today else f" --on {round_.seen.day.isoformat()}"
        count = ngettext("{count} reading", "{count} readings", read).format(count=number(read))
        self.query_one("#stop", Static).update(
            Content("\n".join((f"{safe(house.name)}, {day}: {count}", stop_told(stop), said or made_of(round_, stop))))
        )
        self.query_one(StatusLine).show(
            command=f"ekost meter round --property {house.code}{on_day}", position=self.table.place_told()
        )

    # -- walking

    def action_walk(self, by: int) -> None:
        """To a meter beside this one, as it is; what stands in the line and was not taken is forgotten."""
        self._doubted = None
        self.table.action_step(by)

    def action_shift(self, days: int) -> None:
        """Another day, with what was typed; none that is still to come."""
        if (round_ := self._round) is not None and round_.seen.day + timedelta(days=days) <= round_.seen.house.today:
            start(self, partial(self._look, days), "round")

    @on(Input.Submitted, "#reading")
    def take(self) -> None:
        """Keep the figure and go on; what is much more than usual is asked for once more."""
        stop, round_, text = self.stop, self._round, self.line.value.strip()
        if stop is None or round_ is None:
            return
        if not text:
            round_.drop(stop)
        else:
            try:
                taken = round_.take(stop, text)
            except EkostError as error:
                self._tell(sentence(error))
                return
            if taken.doubtful and self._doubted != (stop.meter.id, text) and round_.texts.get(stop.meter.id) != text:
                self._doubted = stop.meter.id, text
                used = f"+ {number(taken.usage or Decimal(0))} {stop.meter.unit}: "
                self._tell(used + _("that is much more than usual. Enter once more if it is right."))
                return
            round_.keep(stop, text)
        self._doubted = None
        self.table.reread()
        self.table.action_step(1)

    # -- posting

    def action_post(self) -> None:
        """Show what it all comes to, and ask."""
        if self._round is not None and not self._round.reads:
            self.notify(_("Nothing was read."), markup=False)
        elif self._round is not None:
            start(self, self._preview, "round")

    async def _preview(self) -> None:
        from tui.dialogs.posting import PostDialog

        round_ = self._round
        assert round_ is not None  # noqa: S101 - there is something to post
        try:
            charged = await self.ekost.book.change(partial(post_round, round_), dry_run=True)
        except EkostError as error:
            self._tell(sentence(error))
            return

        def answered(post: bool | None) -> None:
            if post:
                start(self, self._post, "posting")

        bills = [amount for amount in charged.amounts if amount is not None]
        told = ngettext("{count} reading, {bills} charged.", "{count} readings, {bills} charged.", len(charged.amounts))
        lines = [
            told.format(count=len(charged.amounts), bills=len(bills)),
            _("Together: {amount}").format(amount=money(sum(bills, Decimal(0)), round_.seen.house.currency)),
        ]
        self.app.push_screen(PostDialog(_("Post what was read?"), lines), answered)

    async def _post(self) -> None:
        round_ = self._round
        assert round_ is not None  # noqa: S101 - there is something to post
        try:
            charged = await self.ekost.book.change(partial(post_round, round_))
        except EkostError as error:
            if error.code == "key_reused":
                round_.renew()
                self.reread()
            self._tell(sentence(AlreadyDoneError() if error.code == "key_reused" else error))
            return
        self.ekost.rounds.pop(round_.seen.house.id, None)
        told = ngettext("{count} reading is entered.", "{count} readings are entered.", len(charged.ids))
        undo = partial(take_back, charged.ids)
        self.dismiss()
        self.ekost.filled_in(Done(told.format(count=len(charged.ids)), undo, _("The readings are taken back.")))

    def action_leave(self) -> None:
        """Back to the rooms; what was typed stays until it is posted."""
        if self._round is not None and self._round.reads:
            told = _("What was read is kept: {key} goes on.").format(key=self.ekost.key_of("rooms.round"))
            self.notify(told, markup=False)
        self.dismiss()
