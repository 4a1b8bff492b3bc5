"""`ekost metrics`: how long everything takes, and all numbers for who watches with Prometheus."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from db.errors import N_, EkostError
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun
from ekost_cli.measuring import watched, watched_here
from locales.catalogs import _

app = Noun(_("Metrics: how long everything takes, and numbers for Prometheus."))

HOURS = 24
PORT = 9617
FIELDS = (
    Field("name", N_("Name")),
    Field("times", N_("Times"), "int"),
    Field("refused", N_("Refused"), "int"),
    Field("errors", N_("Failed"), "int"),
    Field("p50_ms", N_("P50 ms"), "int"),
    Field("p95_ms", N_("P95 ms"), "int"),
    Field("p99_ms", N_("P99 ms"), "int"),
    Field("max_ms", N_("Longest ms"), "int"),
)


class TextfileError(EkostError):
    """The file can't be written."""

    code = "textfile_unwritable"
    message = N_("{path} can't be written ({reason}).")
    hint = N_("Name a file in a folder that you can write to.")


# As in db.metrics.kinds, which is not loaded to parse.
Kind = Literal["command", "query", "screen", "job"]
KindOption = Annotated[
    Kind, typer.Option("--kind", help=_("What took so long: commands, statements, screens or jobs."))
]
HoursOption = Annotated[int, typer.Option("--hours", min=1, help=_("Those of so many hours."))]
FileOption = Annotated[
    Path | None,
    typer.Option("--textfile", metavar="FILE", help=_("Write this file, for node_exporter, instead of printing.")),
]
BackupsOption = Annotated[
    Path | None, typer.Option("--backups", metavar="FOLDER", help=_("Also tell how old the newest backup there is."))
]
BusinessOption = Annotated[
    bool, typer.Option("--business", help=_("Also tell tenants, occupancy and money of each property."))
]
HostOption = Annotated[str, typer.Option("--host", help=_("Address to listen on."))]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help=_("Port; 0 takes a free one."))]


@app.command(
    "show",
    _("Show how long commands, statements, screens or jobs of this user took, as far back as is written down."),
    examples=("ekost metrics show", "ekost metrics show --kind query", "ekost metrics show --hours 1 -o json"),
    fields=FIELDS,
)
def show(context: typer.Context, kind: KindOption = "command", hours: HoursOption = HOURS) -> None:
    from time import time

    from db.metrics.kinds import KINDS
    from db.metrics.percentiles import duration_rows
    from db.metrics.totals import read_samples
    from db.settings_path import state_folder

    samples = read_samples(state_folder(), time() - hours * 3600, KINDS[kind].file)
    Context.of(context).show_list(duration_rows(sample for sample in samples if sample.kind == kind))


@app.command(
    "export",
    _("Print all numbers in Prometheus' text format, or put them in a file."),
    examples=("ekost metrics export", "ekost metrics export --textfile ekost.prom"),
)
def export(
    context: typer.Context, textfile: FileOption = None, backups: BackupsOption = None, business: BusinessOption = False
) -> None:
    from db.metrics.exposition import write_textfile

    text, lost = _numbers(Context.of(context), backups, business)
    if textfile is None:
        sys.stdout.write(text)
    else:
        try:
            write_textfile(textfile, text)
        except OSError as error:
            raise TextfileError(path=textfile, reason=error.strerror or "-") from error
    if lost is not None:
        raise lost


@app.command(
    "serve",
    _("Hand all numbers to a Prometheus that asks for them, until Ctrl-C."),
    examples=("ekost metrics serve", "ekost metrics serve --port 9618 --backups /var/backups/ekost"),
)
def serve(
    context: typer.Context,
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    backups: BackupsOption = None,
    business: BusinessOption = False,
) -> None:
    from ekost_cli.scraping import PATH, serve

    ekost = Context.of(context)

    def ready(there: int) -> None:
        ekost.note(_("Numbers are at http://{host}:{port}{path}; Ctrl-C ends it.").format(
            host=host, port=there, path=PATH
        ))  # fmt: skip

    serve(host, port, lambda: _numbers(ekost, backups, business)[0], ready)


def _numbers(ekost: Context, backups: Path | None, business: bool) -> tuple[str, EkostError | None]:
    """All numbers, and why those of the book are missing, if they are."""
    from db.metrics.collecting import COLLECTOR
    from db.metrics.exposition import exposed
    from db.metrics.sink import DURATIONS, FILE
    from db.metrics.totals import read_totals
    from db.repositories.gauges import Gauge
    from db.settings_path import state_folder

    lost = None
    try:
        gauges = [Gauge("ekost_up", 1), *watched(ekost, backups, business=business)]
    except EkostError as error:  # whoever watches must see that, not the numbers of yesterday
        gauges, lost = [Gauge("ekost_up", 0), *watched_here(ekost)], error
    COLLECTOR.leave()
    return exposed(gauges, [total for file in (FILE, DURATIONS) for total in read_totals(state_folder(), file)]), lost
