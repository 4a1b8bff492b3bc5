"""Words of a description, alike whatever their case and accents."""

import re
import unicodedata

# Words that banks write themselves; they say nothing about who it was.
STOP = frozenset((
    "trsf", "ebanking", "banking", "switching", "transfer", "trf", "dari", "from", "ke", "to", "bca", "bni",
    "bri", "mandiri", "mcm", "inhousetrf", "inhouse", "echannel", "topup", "top", "up", "pay", "via", "bank",
    "rek", "rekening", "kos", "kost", "sewa", "bayar", "pembayaran", "kamar", "bulan", "uang", "untuk", "biaya",
    "ftscy", "ftfva", "qris", "atm", "llg", "rtgs", "sknbi", "bi", "fast", "bifast", "setoran", "tunai", "cdm",
    "idr", "rp", "dan", "jan", "feb", "mar", "apr", "mei", "may", "jun", "jul", "agu", "aug", "sep", "okt",
    "oct", "nov", "des", "dec", "januari", "februari", "maret", "april", "juni", "juli", "agustus", "september",
    "oktober", "november", "desember", "kode", "ref", "no", "ibu", "bapak", "pak", "mas", "mbak",
))  # fmt: skip


def folded(text: str) -> str:
    """Lower case, without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def words_of(text: str) -> list[str]:
    """The words of letters; figures and what is mixed with them (`WS95031`) are none."""
    return [word for word in re.split(r"[^a-z0-9']+", folded(text)) if word.replace("'", "").isalpha()]
