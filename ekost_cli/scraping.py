"""Hand the numbers to whoever scrapes them, over HTTP: one page, asked for every some seconds."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

from db.errors import N_, ExitCode, UsageError

PATH = "/metrics"
_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds that somebody who asks may take to say what for.
_PATIENCE = 5


class AddressTakenError(UsageError):
    """The address can't be listened on."""

    code = "address_taken"
    message = N_("Nothing can listen on {host}:{port} ({reason}).")
    hint = N_("Name another one: --host and --port.")
    exit_code = ExitCode.USAGE


def serve(host: str, port: int, read: Callable[[], str], ready: Callable[[int], None]) -> None:
    """Answer with what `read` returns until the process is told to end; `ready` is told the port.

    One after the other: numbers that are asked for twice at once cost the database twice. Raises AddressTakenError.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self.send_error(404)
                return
            body = read().encode()
            self.send_response(200)
            self.send_header("Content-Type", _TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass  # who asks every some seconds would fill a disk

    try:
        server = HTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        raise AddressTakenError(host=host, port=port, reason=getattr(error, "strerror", None) or "-") from error
    with server:
        ready(server.server_port)
        server.serve_forever()
