"""KlikBCA and myBCA: days without a year behind an apostrophe, CR or DB in a cell of its own or behind the amount."""

from db.domain.bank.layout import Layout

BCA = Layout(
    {
        "date": ("tanggal transaksi", "tanggal", "tgl"),
        "description": ("keterangan", "keterangan transaksi"),
        "amount": ("jumlah", "mutasi"),
        "sign": ("cr db", "db cr", "dk", "jenis"),
        "balance": ("saldo",),
    }
)
