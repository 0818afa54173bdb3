"""Business tables of the tuning set: look-alikes of personal data and ordinary columns."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.personal_data import tuning_values as of
from benchmarks.personal_data.labelled import NONE, Maker

Column = tuple[str, str, Maker, bool]


def _none(name: str, make: Maker, *, free: bool = True) -> Column:
    return name, NONE, make, free


def business_tables() -> Iterator[tuple[str, list[Column]]]:
    """Name and columns (name, label, maker, whether the name may be opaque) of each table."""
    yield (
        "products",
        [
            _none("sku", of.serial("SKU-{:05d}")),
            _none("name", of.pick(*of.GOODS)),
            _none("brand", of.pick("Lexmore", "Duravit", "Homely", "Quickstep")),
            _none("unit_price", of.real(2, 500)),
            _none("stock_quantity", of.whole(0, 500)),
            _none("weight_kg", of.real(0.1, 30)),
            _none("color", of.pick("Red", "Blue", "White", "Black")),
            _none("category", of.pick("Kitchen", "Office", "Garden")),
            _none("image_url", lambda chance, row: f"https://cdn.example/img/{row}.png"),
            _none("supplier_name", of.pick(*of.FIRMS)),
            _none("barcode", of.mask("4999999999999")),
        ],
    )
    yield (
        "orders",
        [
            _none("order_number", of.mask("99999999"), free=False),
            _none("order_date", of.day(2023, 2023)),
            _none("ship_date", of.day(2023, 2023)),
            _none("quantity", of.whole(1, 20)),
            _none("discount", of.real(0, 0.5)),
            _none("total", of.real(5, 3000)),
            _none("order_status", of.pick("open", "shipped", "cancelled")),
            _none("tracking_number", of.mask("1Z999AA9999999999"), free=False),
            _none("payment_method", of.pick("credit card", "paypal", "cash")),
            _none("comment", of.pick(*of.PROSE)),
            _none("warehouse", of.pick("North", "South", "Harbour")),
        ],
    )
    yield (
        "stores",
        [
            _none("store_id", of.serial("{}", 100)),
            _none(
                "store_name",
                of.pick("Springfield Mall", "Dubuque Plaza", "Yonkers Center", "Spokane Mall"),
            ),
            _none("store_city", of.pick(*of.TOWNS["en"])),
            _none("store_latitude", of.real(25, 48, 5)),
            _none("store_longitude", of.real(-120, -70, 5)),
            _none("opening_date", of.day(1985, 2022)),
            _none("floor_area", of.whole(100, 4000)),
            _none("revenue", of.real(1e5, 9e6)),
            _none("region", of.pick("East", "West", "Central")),
            _none("employees_count", of.whole(3, 60)),
        ],
    )
    yield (
        "sensor_readings",
        [
            _none("sensor_id", of.serial("T-{:04d}")),
            _none("recorded_at", of.day(2023, 2023, "%Y-%m-%d %H:%M:%S")),
            _none("epoch_seconds", of.whole(1_670_000_000, 1_700_000_000)),
            _none("temperature", of.real(-10, 45, 1)),
            _none("humidity", of.real(10, 95, 1)),
            _none("firmware_version", of.pick("3.10.0.2", "3.11.0.8", "4.0.0.1")),
            _none("status_code", of.pick("200", "301", "404", "500")),
            _none("error_message", of.pick("timeout after 30 s", "ok", "checksum mismatch")),
            _none("battery_level", of.whole(0, 100)),
            _none("cell_temperature", of.real(3, 4.2, 3)),
        ],
    )
    yield (
        "artikel",
        [
            _none("artikelnummer", of.mask("99-999-99"), free=False),
            _none("bezeichnung", of.pick("Schreibtisch", "Bürostuhl", "Regalbrett", "Ordner", "Lampe")),
            _none("einzelpreis", of.real(1, 400)),
            _none("bestand", of.whole(0, 900)),
            _none("lieferant", of.pick(*of.FIRMS)),
            _none("lagerort", of.pick("A1", "A2", "B7", "C3")),
            _none("mwst_satz", of.pick("7", "19")),
            _none("letzte_lieferung", of.day(2023, 2023, "%d.%m.%Y")),
            _none("farbe", of.pick("rot", "blau", "weiss")),
            _none("gewicht", of.real(0.1, 40)),
        ],
    )
    yield (
        "commandes",
        [
            _none("num_commande", of.serial("F{:07d}")),
            _none("designation", of.pick("Lampe de bureau", "Chaise", "Tapis", "Bureau")),
            _none("quantite", of.whole(1, 30)),
            _none("prix_unitaire", of.real(2, 300)),
            _none("taux_tva", of.pick("5.5", "20")),
            _none("fournisseur", of.pick(*of.FIRMS)),
            _none("date_livraison", of.day(2023, 2023, "%d/%m/%Y")),
            _none("mode_paiement", of.pick("carte", "virement", "cheque")),
            _none("remise", of.real(0, 0.3)),
            _none("etat", of.pick("neuf", "reconditionne")),
        ],
    )
    yield (
        "trades",
        [
            _none("trade_id", of.serial("TR{:09d}")),
            _none("ticker", of.pick("ACME", "GLBX", "INIT", "UMBR")),
            _none("isin", of.mask("US9999999999"), free=False),
            _none("side", of.pick("buy", "sell")),
            _none("trade_price", of.real(1, 900, 4)),
            _none("volume", of.whole(1, 100000)),
            _none("counterparty", of.pick(*of.FIRMS)),
            _none("settlement_date", of.day(2023, 2024)),
            _none("exchange", of.pick("NYSE", "XETR", "LSE")),
            _none("fee", of.real(0, 20)),
        ],
    )
    yield (
        "films",
        [
            _none("title", of.pick("The Long Night", "Harbor Lights", "Red Planet", "Silent Valley", "Paper Moon")),
            _none("release_date", of.day(1935, 2019)),
            _none("genre", of.pick("Drama", "Comedy", "Action")),
            _none("runtime", of.whole(70, 210)),
            _none("box_office", of.whole(100000, 900000000)),
            _none("rating", of.real(1, 10, 1)),
            _none("studio", of.pick(*of.FIRMS)),
            _none("country", of.pick("USA", "France", "Italy")),
            _none("language", of.pick("English", "French", "Italian")),
        ],
    )
    yield (
        "deployments",
        [
            _none("build_id", of.serial("{}", 4000)),
            _none("commit_sha", of.mask("9a9a9a9a"), free=False),
            _none("service", of.pick("billing", "search", "login-service", "mailer")),
            _none("environment", of.pick("prod", "stage")),
            _none("host_name", of.serial("web-{:03d}.internal")),
            _none("file_name", lambda chance, row: f"report_{row}.csv"),
            _none("release_version", of.pick("1.20.3.1", "1.21.0.0", "2.0.0.4")),
            _none("duration_seconds", of.real(10, 600, 1)),
            _none("emails_queued", of.whole(0, 400)),
            _none("success", of.pick("yes", "no")),
        ],
    )
    yield (
        "real_estate",
        [
            _none("listing_id", of.serial("L{:06d}")),
            _none("rooms", of.whole(1, 8)),
            _none("surface", of.whole(20, 300)),
            _none("asking_price", of.whole(50000, 900000)),
            _none("year_built", of.whole(1900, 2022)),
            _none("heating", of.pick("gas", "oil", "heat pump")),
            _none("condition", of.pick("new", "good", "needs work")),
            _none("listed_on", of.day(2023, 2023)),
            _none("agency", of.pick(*of.FIRMS)),
            _none("energy_class", of.pick("A", "B", "C", "D", "E", "F")),
        ],
    )
