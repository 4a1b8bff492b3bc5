"""Typer's commands with our options, our help and our sentences."""

from typing import Any

from typer._click.exceptions import UsageError as ClickUsageError
from typer._click.parser import _OptionParser
from typer.core import TyperArgument, TyperCommand, TyperOption
from typer.main import get_command_from_info
from typer.models import CommandInfo

from db.errors import N_, UsageError
from ekost_cli.coercion import read_plainly
from ekost_cli.fields import chosen
from ekost_cli.grammar import Verb
from ekost_cli.helptext import write_help
from ekost_cli.invocation import Invocation
from ekost_cli.shared import common_options, fields_option, options_for


class ExtraWordsError(UsageError):
    """More words than the command has arguments."""

    code = "extra_words"
    message = N_("There are words too many: {words}.")
    hint = N_("Put a text with spaces into quotes.")


class _NegativeNumbers(_OptionParser):
    """Words that begin with a minus and a digit are no options."""

    def _process_opts(self, arg: str, state: Any) -> None:
        if arg[1].isdigit():
            state.largs.append(arg)
        else:
            super()._process_opts(arg, state)


class VerbCommand(TyperCommand):
    """The command of a verb. Its own parameters come first in the help, the shared ones behind."""

    allow_extra_args = True  # refused in `parse_args`, with a sentence of ours
    verb: Verb

    def equip(self, verb: Verb) -> "VerbCommand":
        """Add the shared options the verb takes."""
        self.verb, self.add_help_option = verb, False
        for param in self.params:
            if isinstance(param, TyperArgument | TyperOption):
                read_plainly(param)
        self.params += options_for(verb.takes)
        if verb.fields:
            self.params.append(fields_option())
        self.params += common_options()
        return self

    def make_parser(self, ctx: Any) -> _OptionParser:
        """A parser that takes `-500` for an amount: the rule on amounts has the better sentence."""
        parser = _NegativeNumbers(ctx)
        for param in self.get_params(ctx):
            param.add_to_parser(parser, ctx)
        return parser

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, refuse what is too much and answer `--fields help` before anything is done."""
        try:
            rest = super().parse_args(ctx, args)
        except ClickUsageError as error:
            error.ctx = error.ctx or ctx  # the parser forgets to say where
            raise
        if ctx.resilient_parsing:
            return rest
        if rest:
            raise ExtraWordsError(words=" ".join(rest))
        if isinstance(ctx.obj, Invocation) and ctx.obj.fields:
            self._answer_fields(ctx, ctx.obj.fields)
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run it; once more, on the primary, when the replica that it read broke off before anything was printed."""
        from ekost_cli.context import Context, ReplicaLostError

        try:
            return self._carry_out(ctx)
        except ReplicaLostError:
            ekost = Context.of(ctx)
            if ekost.options.all or ekost.primary_only:
                raise
            ekost.primary_only = True
            return self._carry_out(ctx)

    def _carry_out(self, ctx: Any) -> Any:
        """Run it; from its beginning where others got in its way and nothing of it is kept."""
        from db.retrying import again
        from ekost_cli.context import Context

        return again(lambda: super(VerbCommand, self).invoke(ctx), lambda error: Context.of(ctx).may_repeat(error))

    def _answer_fields(self, ctx: Any, names: str) -> None:
        if names != "help":
            chosen(names, self.verb.fields)  # a wrong name must stop a command before it changes anything
            return
        for field in self.verb.fields:
            print(field.name)
        ctx.exit()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_help(ctx, formatter, self.verb)


def verb_command(verb: Verb) -> VerbCommand:
    """The parser of one verb."""
    info = CommandInfo(name=verb.name, cls=VerbCommand, callback=verb.body, help=verb.help)
    made = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    assert isinstance(made, VerbCommand)  # noqa: S101 - for the type checker
    return made.equip(verb)
