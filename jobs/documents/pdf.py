"""A receipt as a PDF of half a page: to be sent, or printed and signed."""

from io import BytesIO
from typing import Any

from db.errors import N_, UsageError
from locales.amounts import in_words
from locales.catalogs import _, speaking
from locales.formats import money
from locales.receipts import Receipt, facts, purpose, signed, stamp_note
from locales.receipts import needs_stamp as is_stamped
from locales.safe import safe

# A5 across, in points.
WIDTH, HEIGHT, MARGIN = 595.3, 419.5, 36
LINE = 14
# What the box, place, date and name take at the bottom of the last page.
FOOT = MARGIN + 6 * LINE


class PdfMissingError(UsageError):
    """The library for PDF is not installed."""

    code = "pdf_missing"
    message = N_("PDF needs a library that is not installed.")
    hint = N_("Install it with `pipx inject ekost reportlab`, or `pip install 'ekost[pdf]'`; or print text.")


def receipt_pdf(receipt: Receipt, language: str | None = None) -> bytes:
    """The receipt in `language`, else the recipient's. Raises PdfMissingError."""
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise PdfMissingError from error
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=True)
    with speaking(language or receipt.language):
        canvas.setTitle(safe(f"{_('RECEIPT')} {receipt.number or ''}"))
        _Page(canvas).draw(receipt)
    canvas.save()
    return out.getvalue()


class _Page:
    """One page, written from the top down."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.at, self.behind = HEIGHT - MARGIN, ""

    def draw(self, receipt: Receipt) -> None:
        """All that the paper says."""
        if receipt.void is not None or receipt.copy > 1:
            self.behind = _("VOID") if receipt.void is not None else _("COPY")
            self.mark(self.behind)
        self.line(receipt.house, size=12, bold=True)
        self.line(receipt.address or "")
        self.at -= LINE / 2
        self.line(_("RECEIPT"), size=16, bold=True, more=f"{_('No.')} {receipt.number or '-'}")
        self.at -= LINE / 2
        if receipt.void is not None:
            self.pair(_("VOID"), receipt.void)
        self.pair(_("Received from"), receipt.tenant)
        self.pair(_("The sum of"), in_words(receipt.amount, receipt.currency))
        if receipt.void is None:
            for number, (what, amount) in enumerate(purpose(receipt)):
                self.pair(_("Payment for:").rstrip(":") if number == 0 else "", f"{what}  {amount}")
        for label, value in facts(receipt):
            self.pair(label, value)
        self.foot(receipt)

    def foot(self, receipt: Receipt) -> None:
        """The box with the figure on the left, place, date and name on the right."""
        self.canvas.rect(MARGIN, MARGIN + LINE, 190, 2.2 * LINE)
        self.canvas.setFont("Helvetica-Bold", 15)
        self.canvas.drawString(MARGIN + 10, MARGIN + 1.7 * LINE, money(receipt.amount, receipt.currency))
        right = WIDTH - MARGIN
        self.canvas.setFont("Helvetica", 10)
        self.canvas.drawRightString(right, MARGIN + 5 * LINE, _printable(signed(receipt)))
        self.canvas.drawRightString(right, MARGIN + LINE, _printable(receipt.signatory or "." * 30))
        if is_stamped(receipt):
            self.canvas.setFont("Helvetica-Oblique", 8)
            self.canvas.drawString(MARGIN, MARGIN, stamp_note())

    def mark(self, text: str) -> None:
        """A word across the page, behind everything."""
        self.canvas.saveState()
        self.canvas.setFillGray(0.88)
        self.canvas.setFont("Helvetica-Bold", 90)
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(25)
        self.canvas.drawCentredString(0, -30, text)
        self.canvas.restoreState()

    def turn(self) -> None:
        """Go on on another page: one payment may fill the charges of years."""
        self.canvas.showPage()
        self.at = HEIGHT - MARGIN
        if self.behind:
            self.mark(self.behind)

    def line(self, text: str, *, size: int = 10, bold: bool = False, more: str = "") -> None:
        """A line on the left, and something on the right."""
        from reportlab.lib.utils import simpleSplit

        font = "Helvetica-Bold" if bold else "Helvetica"
        for part in simpleSplit(_printable(text), font, size, WIDTH - 2 * MARGIN)[:2] or [""]:
            self.at -= size + 3
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN, self.at, part)
        self.canvas.setFont("Helvetica", 11)
        self.canvas.drawRightString(WIDTH - MARGIN, self.at, more)

    def pair(self, label: str, value: str) -> None:
        """A label, and its value on as many lines as it takes."""
        from reportlab.lib.utils import simpleSplit

        parts = simpleSplit(_printable(value), "Helvetica", 10, WIDTH - 2 * MARGIN - 120)[:3] or [""]
        if self.at - len(parts) * LINE < FOOT:
            self.turn()
        self.canvas.setFont("Helvetica", 10)
        if label:
            self.canvas.drawString(MARGIN, self.at - LINE, _printable(label))
        for part in parts:
            self.at -= LINE
            self.canvas.drawString(MARGIN + 120, self.at, part)


def _printable(text: str) -> str:
    """What the fonts that every reader has can show; other letters become a question mark."""
    return safe(text).encode("cp1252", "replace").decode("cp1252")
