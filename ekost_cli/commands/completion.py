"""`ekost completion`: the script that lets a shell complete commands and options."""

from ekost_cli.completing import script
from ekost_cli.grammar import Noun
from locales.catalogs import _

app = Noun(_("Scripts that let the shell complete commands."))

_HELP = _("Print the script; put it into {place} and open a new shell.")


@app.command(
    "bash",
    _HELP.format(place="~/.local/share/bash-completion/completions/ekost"),
    examples=("ekost completion bash",),
)
def bash() -> None:
    print(script("bash"))


@app.command("zsh", _HELP.format(place="~/.zfunc/_ekost"), examples=("ekost completion zsh",))
def zsh() -> None:
    print(script("zsh"))


@app.command("fish", _HELP.format(place="~/.config/fish/completions/ekost.fish"), examples=("ekost completion fish",))
def fish() -> None:
    print(script("fish"))
