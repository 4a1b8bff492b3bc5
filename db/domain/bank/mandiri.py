"""Mandiri (MCM and Kopra): debit and credit in columns of their own, the account in every row."""

from db.domain.bank.layout import Layout

MANDIRI = Layout(
    {
        "date": ("postdate", "post date", "date", "tanggal", "tgl"),
        "description": ("description", "remarks", "additionaldesc", "additional desc", "keterangan",
                        "rincian transaksi", "reference no", "no referensi"),
        "debit": ("debit", "debit amount", "debet"),
        "credit": ("credit", "credit amount", "kredit"),
        "balance": ("close balance", "closing balance", "balance", "saldo"),
        "account": ("account no", "accountno", "no rekening"),
    }
)  # fmt: skip
