"""People who do not exist: names as they are borne in Indonesia, phones and addresses that reach nobody."""

from random import Random
from typing import NamedTuple


class Names(NamedTuple):
    """Given and family names that go together."""

    given: tuple[str, ...]
    family: tuple[str, ...]


PEOPLES = (
    # Java
    Names(
        (
            "Agus",
            "Bambang",
            "Budi",
            "Dewi",
            "Eko",
            "Endang",
            "Joko",
            "Ratna",
            "Siti",
            "Slamet",
            "Sri",
            "Wahyu",
            "Yanti",
        ),
        (
            "Handayani",
            "Lestari",
            "Nugroho",
            "Prasetyo",
            "Purnomo",
            "Rahayu",
            "Santoso",
            "Setiawan",
            "Susanti",
            "Wibowo",
        ),
    ),
    # Sunda
    Names(
        ("Asep", "Cecep", "Dadang", "Euis", "Iis", "Jajang", "Neneng", "Rini", "Teti", "Ujang", "Yayan"),
        ("Hidayat", "Kurnia", "Nuraeni", "Permana", "Rohaeni", "Suhendar", "Supriatna", "Suryana", "Sutisna"),
    ),
    # Batak
    Names(
        ("Bonar", "Hotma", "Lamhot", "Poltak", "Rotua", "Sahat", "Tiur", "Togar", "Tumpal", "Uli"),
        ("Hutapea", "Manurung", "Nainggolan", "Panjaitan", "Pasaribu", "Siahaan", "Simanjuntak", "Siregar", "Sitompul"),
    ),
    # Minangkabau
    Names(
        ("Desi", "Fadli", "Febri", "Gusti", "Rahmi", "Rizal", "Syafrial", "Yulia", "Zulfikar", "Zulfa"),
        ("Caniago", "Guci", "Jambak", "Koto", "Piliang", "Sikumbang", "Tanjung"),
    ),
    # Bali
    Names(
        ("Gede", "Kadek", "Ketut", "Komang", "Luh", "Made", "Nyoman", "Putu", "Wayan"),
        ("Adnyana", "Ariani", "Artawan", "Mahendra", "Suardana", "Sudiarta", "Widiani", "Wirawan", "Yasa"),
    ),
    # Chinese-Indonesian
    Names(
        ("Andreas", "Felicia", "Hendra", "Jessica", "Kevin", "Lina", "Meilani", "Ronald", "Stefanus", "Susi", "Vivian"),
        ("Gunawan", "Halim", "Hartono", "Kusuma", "Lim", "Salim", "Setiadi", "Sutanto", "Tan", "Tanuwijaya", "Wijaya"),
    ),
)
# How many of ten thousand tenants bear names of each.
_WEIGHTS = (3800, 2100, 1100, 1000, 900, 1100)
# Whole names, first to last, that have one word only.
_ONE_WORD = 0.06


class Person(NamedTuple):
    """Who a tenant is; `phone` in E.164."""

    code: str
    name: str
    phone: str
    email: str | None


def invent(random: Random, number: int) -> Person:
    """A person; the `number` makes code, phone and e-mail theirs alone."""
    (names,) = random.choices(PEOPLES, _WEIGHTS)
    given, family = random.choice(names.given), random.choice(names.family)
    name = given if random.random() < _ONE_WORD else f"{given} {family}"
    return Person(
        f"{given.upper()}{number}", name, phone(number), email(name, number) if random.random() < 0.6 else None
    )


def phone(number: int) -> str:
    """A phone number of the right form that was never given out: the block 0812-000 is not in use."""
    return f"+62812{number:08d}"


def email(name: str, number: int | None = None) -> str:
    """An address at a domain that is kept for examples."""
    domain = "contoh.id" if len(name) % 3 == 0 else "example.com"
    return f"{name.lower().replace(' ', '.')}{'' if number is None else number}@{domain}"
