"""Any other bank: columns by their usual names in both languages, the rest as somebody says it is written."""

from db.domain.bank.layout import Amounts, Dates, Layout


def generic(dates: Dates = "iso", amounts: Amounts = "plain") -> Layout:
    """The layout of a file whose days and amounts are written so."""
    columns = {
        "date": ("tanggal", "date", "tgl", "tanggal transaksi", "transaction date", "booking date"),
        "description": ("keterangan", "description", "uraian", "berita", "details", "narrative", "remarks"),
        "amount": ("jumlah", "amount", "nominal"),
        "sign": ("cr db", "db cr", "dk", "jenis", "type"),
        "debit": ("debit", "debet", "keluar", "withdrawal"),
        "credit": ("kredit", "credit", "masuk", "deposit"),
        "balance": ("saldo", "balance"),
        "account": ("rekening", "account", "no rekening", "account no"),
    }
    return Layout(columns, dates, amounts, minus=True)
