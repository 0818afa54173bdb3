"""Write the bundled sales data set: the same bytes on every run (a seeded generator, no clock).

Usage: ``python -m tools.make_sample_data [TARGET]``. Persons, addresses and numbers are invented; e-mail domains are
the reserved ``example`` ones (RFC 2606), telephone numbers the fictional 555-01xx range.
"""

from __future__ import annotations

import csv
import datetime
import io
import random
import sys
from pathlib import Path

ROWS = 1_500
DUPLICATES = 30
TARGET = Path(__file__).resolve().parent.parent / "plugins/onboarding/sample_data/sales/orders.csv"
COLUMNS = (
    "order_id", "order_date", "customer_name", "customer_email", "phone", "product", "category", "region",
    "quantity", "unit_price", "amount", "currency", "status", "shipped_date",
)  # fmt: skip
_FIRST_NAMES = (
    "Emma Liam Olivia Noah Ava James Sophia Lucas Mia Ethan Maria Carlos Priya Wei Fatima Omar Julia Peter Hannah "
    "David Laura Daniel Sarah Michael Elena Thomas Anna Robert Lisa Paul"
)
FIRST = _FIRST_NAMES.split()
_LAST_NAMES = (
    "Smith Johnson Brown Garcia Miller Davis Martinez Lopez Wilson Anderson Taylor Moore Lee Patel Nguyen Khan "
    "Schmidt Fischer Weber Rossi Silva Kumar Chen Wang Cooper Murphy Bailey Hughes Price Foster"
)
LAST = _LAST_NAMES.split()
PRODUCTS = (
    ("Wireless Mouse", "Electronics", "24.99"), ("USB-C Cable", "Electronics", "9.50"),
    ("Laptop Stand", "Electronics", "39.00"), ("Noise Cancelling Headphones", "Electronics", "189.00"),
    ("Office Chair", "Furniture", "249.00"), ("Standing Desk", "Furniture", "499.00"),
    ("Bookshelf", "Furniture", "119.90"), ("Coffee Beans 1kg", "Grocery", "18.75"),
    ("Green Tea", "Grocery", "6.20"), ("Olive Oil", "Grocery", "12.40"),
    ("Running Shoes", "Apparel", "89.95"), ("Rain Jacket", "Apparel", "74.50"), ("Wool Socks", "Apparel", "11.00"),
)  # fmt: skip
REGIONS = ("North", "South", "East", "West")
CURRENCIES = {"North": "USD", "South": "USD", "East": "EUR", "West": "GBP"}
STATUSES = ("delivered", "shipped", "processing", "cancelled", "returned")
START = datetime.date(2024, 1, 1)


def _order(number: int, chance: random.Random, customers: list[tuple[str, str, str]]) -> list[str]:
    name, email, phone = chance.choice(customers)
    product, category, price = chance.choice(PRODUCTS)
    region = chance.choice(REGIONS)
    quantity = chance.choice((1, 1, 1, 2, 2, 3, 4, 5))
    ordered = START + datetime.timedelta(days=chance.randrange(366))
    status = chance.choices(STATUSES, weights=(60, 15, 12, 8, 5))[0]
    sent = status in ("delivered", "shipped", "returned")
    shipped = (ordered + datetime.timedelta(days=chance.randrange(1, 8))).isoformat() if sent else ""
    cents = quantity * int(price.replace(".", ""))
    amount = f"{cents // 100}.{cents % 100:02d}"
    return [
        f"ORD-{number:06d}", ordered.isoformat(), name, email, phone, product, category, region,
        str(quantity), price, amount, CURRENCIES[region], status, shipped,
    ]  # fmt: skip


def _customers(chance: random.Random) -> list[tuple[str, str, str]]:
    customers = []
    for number in range(420):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        domain = chance.choice(("example.com", "example.org", "example.net"))
        phone = f"({chance.choice(('212', '415', '312', '617', '206'))}) 555-01{number % 100:02d}"
        customers.append((f"{first} {last}", f"{first.lower()}.{last.lower()}{number}@{domain}", phone))
    return customers


def _soil(row: list[str], chance: random.Random) -> None:
    """Give one row the dirt that deliveries have: padding, other case, words for nothing, unreadable values."""
    dirt = chance.random()
    at = COLUMNS.index
    if dirt < 0.04:
        row[at("product")] = f"  {row[at('product')]} "
    elif dirt < 0.08:
        row[at("category")] = row[at("category")].upper()
    elif dirt < 0.11:
        row[at("region")] = row[at("region")].lower()
    elif dirt < 0.14:
        row[at("phone")] = chance.choice(("", "N/A"))
    elif dirt < 0.155:
        row[at("customer_email")] = ""
    elif dirt < 0.165:
        row[at("order_date")] = chance.choice(("2024-13-45", "unknown", "31/31/2024"))
    elif dirt < 0.175:
        row[at("amount")] = chance.choice(("abc", "12..5", "n/a"))
    elif dirt < 0.185:
        row[at("customer_email")] = row[at("customer_email")].replace("@", " at ")


def render(rows: int = ROWS, duplicates: int = DUPLICATES, seed: int = 20240101) -> str:
    """The data set as CSV text.

    :param rows: different orders.
    :param duplicates: exact copies of some of them, spread over the file.
    """
    chance = random.Random(seed)
    customers = _customers(chance)
    orders = [_order(number, chance, customers) for number in range(1, rows + 1)]
    for order in orders:
        _soil(order, chance)
    for _ in range(duplicates):
        orders.insert(chance.randrange(len(orders)), list(chance.choice(orders)))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(orders)
    return buffer.getvalue()


def main(arguments: list[str]) -> None:
    """Write the file."""
    target = Path(arguments[0]) if arguments else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
