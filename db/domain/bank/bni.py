"""BNI: debit and credit in columns, or one amount with a column DB/CR; hours stand behind the day."""

from db.domain.bank.layout import Layout

BNI = Layout(
    {
        "date": ("post date", "posting date", "tanggal transaksi", "tanggal"),
        "description": ("description", "transaction description", "uraian transaksi", "keterangan", "uraian"),
        "debit": ("debit", "debet"),
        "credit": ("credit", "kredit"),
        "amount": ("amount", "nominal", "jumlah"),
        "sign": ("db cr", "dbcr", "tipe", "type", "dk"),
        "balance": ("balance", "saldo"),
    }
)
