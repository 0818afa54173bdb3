"""Values of the tuning set: English, German, French, Spanish and Italian; frequent and rare names."""

from __future__ import annotations

import datetime
import random

from benchmarks.personal_data.labelled import Maker

GIVEN = {
    "en": (
        "James", "Linda", "Kevin", "Sarah", "Jason", "Emily", "Brian", "Megan", "Eric", "Amanda", "Ryan", "Deborah",
        "Curtis", "Lakeisha", "Bradford", "Trisha", "Alonzo", "Peggy", "Quentin", "Marcia", "Delbert", "Yolanda",
        "Rosalind", "Clifton", "Gwendolyn", "Terrence", "Latisha", "Byron", "Felicia", "Dwayne", "Opal",
    ),
    "de": (
        "Stefan", "Sabine", "Thomas", "Petra", "Markus", "Julia", "Andreas", "Katrin", "Jonas", "Lena", "Hildegard",
        "Ruediger", "Annegret", "Wolfram", "Kunigunde", "Eberhard", "Sieglinde", "Detlef", "Jutta", "Gesine",
        "Hartmut", "Marlies", "Reinhold", "Traute", "Burkhard", "Antje", "Ottokar", "Irmgard",
    ),
    "fr": (
        "Pierre", "Nathalie", "Julien", "Camille", "Philippe", "Isabelle", "Antoine", "Sylvie", "Solange", "Gaston",
        "Odile", "Firmin", "Josiane", "Baptiste", "Colette", "Lucien", "Ghislaine", "Armand", "Yvette", "Marcel",
        "Huguette", "Blaise", "Simone", "Etienne", "Noemie",
    ),
    "es": (
        "Carlos", "Lucia", "Javier", "Carmen", "Pablo", "Elena", "Sergio", "Raquel", "Remedios", "Evaristo",
        "Milagros", "Celestino", "Amparo", "Leopoldo", "Rosario", "Fermin", "Asuncion", "Saturnino", "Yolanda",
        "Ramiro", "Gracia", "Hector", "Visitacion", "Emilio",
    ),
    "it": (
        "Giuseppe", "Chiara", "Marco", "Giulia", "Luca", "Francesca", "Matteo", "Elisa", "Ornella", "Gaetano",
        "Loredana", "Ettore", "Fiorella", "Renzo", "Graziella", "Ugo", "Mirella", "Aldo", "Donatella", "Enzo",
        "Concetta", "Carmelo", "Luisella", "Franco",
    ),
}  # fmt: skip
FAMILY = {
    "en": (
        "Johnson", "Miller", "Davis", "Wilson", "Moore", "Clark", "Walker", "Allen", "Turner", "Abernathy",
        "Blackwood", "Castleberry", "Dunwoody", "Ellsworth", "Farnsworth", "Gladstone", "Huckabee", "Ingersoll",
        "Kilpatrick", "Lovejoy", "McAllister", "Nesbitt", "Outlaw", "Pendergrass", "Whitaker", "Zeller",
    ),
    "de": (
        "Müller", "Schneider", "Weber", "Becker", "Koch", "Richter", "Neumann", "Achterberg", "Bruckmann",
        "Dannenberg", "Eichhorn", "Fassbinder", "Gruenwald", "Hagedorn", "Knopfler", "Lindemann", "Morgenstern",
        "Niedermeyer", "Osterhagen", "Pfannenschmidt", "Quandt", "Rosenthal", "Stahl",
    ),
    "fr": (
        "Moreau", "Laurent", "Fournier", "Girard", "Bonnet", "Dupont", "Abadie", "Boisseau", "Carpentier",
        "Delacroix", "Escoffier", "Fauchon", "Gauthier", "Hebert", "Jacquemin", "Lacombe", "Montagne", "Navarre",
        "Ozanne", "Perrault", "Rochefort", "Saulnier", "Thibault",
    ),
    "es": (
        "García", "Fernández", "Romero", "Navarro", "Torres", "Molina", "Aguirre", "Bustamante", "Carvajal",
        "Echeverria", "Galindo", "Ibanez", "Larrea", "Montenegro", "Olmedo", "Palacios", "Quiroga", "Rebolledo",
        "Sepulveda", "Tamayo", "Urrutia", "Zamora",
    ),
    "it": (
        "Rossi", "Ferrari", "Esposito", "Ricci", "Marino", "Greco", "Amendola", "Bonfanti", "Castelli",
        "De Angelis", "Falcone", "Giuliani", "Iovine", "Lo Presti", "Monaco", "Olivieri", "Palumbo", "Quaranta",
        "Sanfilippo", "Tedesco", "Vitale", "Zanetti",
    ),
}  # fmt: skip
STREETS = {
    "en": ("{} Birchwood Lane", "{} N Harrison Ave", "{} Old Mill Road Apt 4", "{} Cedar Court"),
    "de": ("Lindenstraße {}", "Am Marktplatz {}", "Goetheweg {}", "Breite Gasse {}a"),
    "fr": ("{} rue des Lilas", "{} bis avenue Foch", "{}, boulevard Voltaire", "{} impasse du Moulin"),
    "es": ("Calle Alcalá, {}", "Avenida de la Paz {}", "Plaza Mayor {}", "Paseo del Prado, {} 2B"),
    "it": ("Via Garibaldi {}", "Corso Italia, {}", "Piazza Dante {}", "Viale Mazzini {}"),
}
TOWNS = {
    "en": ("Springfield", "Shreveport", "Dubuque", "Tallahassee", "Fort Collins", "Yonkers", "Spokane"),
    "de": ("Bielefeld", "Göttingen", "Wuppertal", "Bad Homburg", "Jena", "Passau"),
    "fr": ("Angers", "Besançon", "Le Mans", "Perpignan", "Vannes", "Tarbes"),
    "es": ("Albacete", "Burgos", "Cádiz", "Jaén", "Lugo", "Teruel"),
    "it": ("Ancona", "Brescia", "Cagliari", "Ferrara", "Lecce", "Udine"),
}
STATES = ("TX", "OH", "WA", "GA", "IL", "NV", "MN", "CO")
RELIGIONS = ("Catholic", "Muslim", "Methodist", "Hindu", "Jewish", "Buddhist", "Presbyterian")
ETHNICITIES = ("Hispanic", "Caucasian", "African American", "Asian", "Pacific Islander")
ILLNESSES = ("Asthma", "Type 2 diabetes", "Hypertension", "Migraine", "Bronchitis", "Arthritis", "Anemia")
GOODS = ("Office Chair", "Desk Lamp", "Coffee Grinder", "Steel Kettle", "Garden Hose", "Wall Clock", "Paper Shredder",
         "Cotton Towel", "Bamboo Tray", "Laser Printer", "Cast Iron Pan", "Yoga Ball", "Travel Mug")  # fmt: skip
FIRMS = ("Brightwater Logistics Inc", "Nordmann & Sohn GmbH", "Lafitte Freres SARL", "Tecno Sur SL",
         "Ferramenta Po SpA", "Pinnacle Foods LLC", "Ostsee Handel KG", "Copperfield Partners")  # fmt: skip
PROSE = ("delivered late but intact", "please call before noon", "box was damaged", "great value", "wrong colour sent")
PAGES = ("pricing", "docs/start", "blog/spring-sale", "about", "contact")
MAIL_HOSTS = ("gmail.com", "mailbox.org", "orange.fr", "telefonica.es", "libero.it", "acme-mail.com")


def given(language: str) -> Maker:
    """A given name."""
    return lambda chance, _row: chance.choice(GIVEN[language])


def family(language: str) -> Maker:
    """A family name."""
    return lambda chance, _row: chance.choice(FAMILY[language])


def full(language: str, pattern: str = "{0} {1}") -> Maker:
    """Given name (0) and family name (1) in a pattern."""
    return lambda chance, _row: pattern.format(chance.choice(GIVEN[language]), chance.choice(FAMILY[language]))


def mail(language: str) -> Maker:
    """An e-mail address."""
    return lambda chance, row: (
        f"{chance.choice(GIVEN[language])}.{chance.choice(FAMILY[language]).replace(' ', '')}{row % 70}"
        f"@{chance.choice(MAIL_HOSTS)}"
    ).lower()


def street(language: str) -> Maker:
    """A street with a house number."""
    return lambda chance, _row: chance.choice(STREETS[language]).format(chance.randint(1, 240))


def town(language: str) -> Maker:
    """A town."""
    return lambda chance, _row: chance.choice(TOWNS[language])


def pick(*values: str) -> Maker:
    """One of a few values."""
    return lambda chance, _row: chance.choice(values)


def mask(pattern: str) -> Maker:
    """``9`` becomes a digit, ``A`` a capital letter, ``a`` a small one; what follows a backslash stays."""
    import string

    alphabets = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}

    def make(chance: random.Random, _row: int) -> str:
        marks = iter(pattern)
        return "".join(
            next(marks) if mark == "\\" else chance.choice(alphabets[mark]) if mark in alphabets else mark
            for mark in marks
        )

    return make


def serial(pattern: str, start: int = 1) -> Maker:
    """The number of the row."""
    return lambda _chance, row: pattern.format(row + start)


def real(low: float, high: float, digits: int = 2) -> Maker:
    """A number between two ends."""
    return lambda chance, _row: f"{chance.uniform(low, high):.{digits}f}"


def whole(low: int, high: int) -> Maker:
    """A whole number, both ends included."""
    return lambda chance, _row: str(chance.randint(low, high))


def day(first: int, last: int, pattern: str = "%Y-%m-%d") -> Maker:
    """A moment in the years from ``first`` to ``last``."""

    def make(chance: random.Random, _row: int) -> str:
        seconds = chance.randrange((last - first + 1) * 365 * 86_400)
        return (datetime.datetime(first, 1, 1) + datetime.timedelta(seconds=seconds)).strftime(pattern)

    return make


def _luhn(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if position % 2 else 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def card(chance: random.Random, _row: int) -> str:
    """A card number of one of four networks."""
    prefix, length = chance.choice((("4", 16), ("53", 16), ("37", 15), ("6011", 16)))
    return _luhn(prefix + _digits(chance, length - len(prefix) - 1))


def iban(chance: random.Random, _row: int) -> str:
    """A German or French account number."""
    country, length = chance.choice((("DE", 18), ("FR", 23)))
    account = _digits(chance, length)
    check = 98 - int(account + "".join(str(int(mark, 36)) for mark in country) + "00") % 97
    return f"{country}{check:02d}{account}"


def npi(chance: random.Random, _row: int) -> str:
    """A provider number."""
    return _luhn("80840" + chance.choice("12") + _digits(chance, 8))[5:]


def imei(chance: random.Random, _row: int) -> str:
    """The identity of a mobile device."""
    return _luhn("86" + _digits(chance, 12))


def hardware(chance: random.Random, _row: int) -> str:
    """A hardware address."""
    return ":".join(f"{chance.randrange(256):02x}" for _ in range(6))


def ssn(chance: random.Random, _row: int) -> str:
    """A social security number with hyphens."""
    return f"{chance.randint(1, 665):03d}-{chance.randint(1, 99):02d}-{chance.randint(1, 9999):04d}"


def routing(chance: random.Random, _row: int) -> str:
    """A routing number."""
    digits = f"{chance.randint(1, 12):02d}" + _digits(chance, 6)
    return digits + str(-sum(int(d) * w for d, w in zip(digits, (3, 7, 1) * 3, strict=False)) % 10)


def tax_de(chance: random.Random, _row: int) -> str:
    """A German tax identification number."""
    marks = chance.sample("123456789", 9)
    body = [*marks, chance.choice(marks)]
    product = 10
    for digit in body:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def dni(chance: random.Random, _row: int) -> str:
    """A Spanish identity number."""
    digits = _digits(chance, 8)
    return digits + "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23]


def nir(chance: random.Random, _row: int) -> str:
    """A French social security number."""
    month, place = chance.randint(1, 12), chance.randint(10, 89)
    digits = f"{chance.choice('12')}{chance.randint(30, 99)}{month:02d}{place}{_digits(chance, 6)}"
    return f"{digits}{97 - int(digits) % 97:02d}"


def address(chance: random.Random, _row: int) -> str:
    """An IPv4 address."""
    return ".".join(str(chance.randint(1, 254)) for _ in range(4))


def login(language: str) -> Maker:
    """A user name."""
    return lambda chance, row: f"{chance.choice(GIVEN[language])[0]}{chance.choice(FAMILY[language])[:6]}{row}".lower()


def diagnosis(chance: random.Random, _row: int) -> str:
    """A diagnosis code."""
    return f"{chance.choice('ACDEIJSTZ')}{chance.randint(0, 99):02d}.{chance.randint(0, 99)}"
