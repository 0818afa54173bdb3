"""Business tables of the held-back set: columns that look like personal data and are none, and many that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.personal_data.labelled import NONE

PRODUCTS = (
    "Trekking Pole", "Camping Stove", "Rain Poncho", "Fleece Jacket", "Thermal Flask", "Head Torch", "Sleeping Mat",
    "Dry Bag", "Bike Pump", "Climbing Rope", "Trail Shoes", "Water Filter", "Tent Pegs", "Ski Wax",
)  # fmt: skip
DEPOTS = ("Rotterdam Noord", "Gdynia Port", "Setubal Sul", "Lund Vaster", "Bergen Havn")
Column = tuple[Any, ...]


def BUSINESS_TABLES(make: dict[str, Callable[..., Any]]) -> Iterator[tuple[str, list[Column]]]:
    """Name and columns (name, label, maker, opaque label) of each table.

    :param make: the makers of values, by name.
    """
    made, one_of, filled, recent, number = (make[key] for key in ("made", "one_of", "filled", "recent", "number"))

    def none(name: str, maker: Any) -> Column:
        return name, NONE, maker, NONE

    def row(pattern: str) -> Any:
        return lambda _chance, position: pattern.format(position + 1)

    yield (
        "Artikel",
        [
            none("ArtikelNr", row("AX{:05d}")),
            none("Artikelomschrijving", one_of(*PRODUCTS)),
            none("EANcode", made("nl_NL", "ean13")),
            none("Prijs", number(2, 300, 2)),
            none("Voorraad", number(0, 900)),
            none("Gewicht_g", number(20, 9000)),
            none("Merk", one_of("Nordvik", "Altura", "Fjelling", "Kestrel")),
            none("Kleur", one_of("rood", "groen", "blauw", "zwart")),
            none("AfbeeldingURL", made("nl_NL", "image_url")),
            none("Leverancier", made("nl_NL", "company")),
        ],
    )
    yield (
        "OrderRegels",
        [
            ("orderRegelNr", NONE, row("OR-{:06d}"), NONE),
            ("orderNummer", NONE, filled("OD########"), ""),
            none("aantalStuks", number(1, 12)),
            none("stuksPrijs", number(2, 200, 2)),
            none("kortingPct", number(0, 0.4, 2)),
            none("btwTarief", one_of("9", "21")),
            none("verzendDatum", recent()),
            none("status_regel", one_of("open", "verzonden", "retour")),
            ("trackTraceNr", NONE, filled("3S????#########"), ""),
            none("magazijn", one_of(*DEPOTS)),
            none("betaalwijze", one_of("ideal", "creditcard", "factuur")),
        ],
    )
    yield (
        "sensor_dane",
        [
            none("czujnik", row("S-{:04d}")),
            none("pomiar_czas", recent("%Y-%m-%d %H:%M:%S")),
            none("temperatura_c", number(-20, 40, 1)),
            none("wilgotnosc", number(10, 99, 1)),
            none("cisnienie_hpa", number(970, 1040, 1)),
            none("napiecie", number(3, 4, 3)),
            none("epoka", lambda chance, _row: str(1_690_000_000 + chance.randrange(30_000_000))),
            none("wersja_fw", one_of("4.1.0.22", "4.1.0.23", "4.2.1.5")),
            none("alarm", one_of("tak", "nie")),
            ("suma_kontrolna", NONE, made("pl_PL", "md5"), ""),
        ],
    )
    yield (
        "winkels",
        [
            none("filiaal", row("F{:03d}")),
            none(
                "winkelnaam",
                lambda chance, _row: f"{chance.choice(DEPOTS)} {chance.choice(['Outlet', 'Centrum', 'XL'])}",
            ),
            none("winkel_breedtegraad", number(51, 53, 5)),
            none("winkel_lengtegraad", number(4, 7, 5)),
            none("vloer_m2", number(80, 2000)),
            none("regio_code", one_of("NH", "ZH", "UT", "GR")),
            none("open_sinds", recent(days=6000)),
            none("omzet_2023", number(9e4, 3e6, 2)),
            none("kassas", number(1, 14)),
            none("formule", one_of("city", "mega", "express")),
        ],
    )
    yield (
        "BuildLog",
        [
            none("BuildNo", number(1000, 9999)),
            none("GitSha", filled("0a#f#e##c#")),
            none("SemVer", one_of("2.4.0.11", "2.4.1.0", "2.5.0.7")),
            none("ArtifactFile", made("en_GB", "file_name")),
            none("DurationSec", number(20, 900, 1)),
            none("Outcome", one_of("ok", "failed", "aborted")),
            none("BranchNm", one_of("main", "release", "hotfix")),
            none("RepoURL", made("en_GB", "url")),
            none("CoveragePct", number(60, 99, 2)),
            none("QueuedEpochMs", lambda chance, _row: str(1_700_000_000_000 + chance.randrange(10**10))),
            none("AgentPool", one_of("linux-x64", "arm-large", "gpu")),
        ],
    )
    yield (
        "fornecedores",
        [
            none("codFornecedor", row("FN{:04d}")),
            none("razaoSocial", made("pt_PT", "company")),
            none("setor", one_of("textil", "metal", "quimica", "madeira")),
            none("prazoDias", one_of("30", "45", "60", "90")),
            none("avaliacao", number(1, 5, 1)),
            none("faturacaoAnual", number(1e5, 9e7, 2)),
            none("paisSede", one_of("PT", "ES", "FR", "DE")),
            none("contratoInicio", recent(days=3000)),
            none("certificado", one_of("sim", "nao")),
            none("numEncomendas", number(1, 400)),
        ],
    )
    yield (
        "Campaigns",
        [
            none("CampaignCd", row("CMP-{:04d}")),
            none("CampaignTitle", made("en_GB", "catch_phrase")),
            none("EmailSubjectLine", made("en_GB", "bs")),
            none("EmailsSent", number(100, 90_000)),
            none("PhoneCallsMade", number(0, 400)),
            none("CardDesign", one_of("holly", "tulip", "plain")),
            none("ClickRate", number(0, 0.3, 4)),
            none("SpendGBP", number(10, 9000, 2)),
            none("LaunchDt", recent("%d/%m/%Y")),
            none("ChannelNm", one_of("email", "sms", "push", "post")),
            none("LandingHost", made("en_GB", "domain_name")),
        ],
    )
    yield (
        "Posities",
        [
            none("ISINcode", filled("NL00########")),
            none(
                "Fondsnaam",
                lambda chance, _row: (
                    f"{chance.choice(['Global', 'Euro', 'Nordic'])} Equity Fund {chance.choice('ABC')}"
                ),
            ),
            none("Koers", number(5, 400, 4)),
            none("Stuks", number(1, 5000)),
            none("Valuta", one_of("EUR", "SEK", "NOK")),
            none("Boekdatum", recent("%d-%m-%Y")),
            none("Rente", number(0, 0.08, 4)),
            none("TegenpartijBIC", made("nl_NL", "swift")),
            none("Boek", one_of("HTM", "AFS", "TRD")),
            none("Volgnummer", row("{}")),
        ],
    )
    yield (
        "MachineParts",
        [
            none("PartNbr", lambda chance, row: f"9{chance.randrange(100):02d}-00-{1000 + row}"),
            none("PartDesc", made("en_GB", "catch_phrase")),
            ("SerialNbr", NONE, filled("SN??########"), ""),
            none("TorqueNm", number(1, 80, 1)),
            none("DrawingRev", one_of("A", "B", "C", "D2")),
            none("LotNbr", filled("L####")),
            none("ToleranceMm", number(0, 0.5, 3)),
            none("MadeOn", recent()),
            none("CountryOfOrigin", one_of("Sweden", "Poland", "Portugal", "Brazil")),
            none("PackIPRating", one_of("IP54", "IP65", "IP67")),
            none("CellVoltage", number(3, 4, 2)),
        ],
    )
    yield (
        "leveransrader",
        [
            none("sandningsnr", row("SE{:09d}")),
            none("transportor", one_of("Postbolaget", "Norrfrakt", "Skånelogistik")),
            none("kolli", number(1, 9)),
            none("vikt_kg", number(0.2, 80, 2)),
            none("avgang", recent("%Y-%m-%d %H:%M")),
            none("ankomst", recent("%Y-%m-%d %H:%M")),
            none("frakt_kr", number(20, 900, 2)),
            none("lastzon", one_of("N1", "N2", "S1")),
            none("forsenad", one_of("ja", "nej")),
            none("avstand_km", number(2, 1500, 1)),
        ],
    )
    yield (
        "Tickets",
        [
            none("TicketNbr", row("TCK{:06d}")),
            ("RequesterMail", "EMAIL", made("en_GB", "email"), "EMAIL"),
            ("AssignedAgentNm", "PERSON_NAME", made("en_GB", "name"), "PERSON_NAME"),
            none("SubjectTxt", made("en_GB", "sentence")),
            none("PriorityCd", one_of("P1", "P2", "P3")),
            none("ProductNm", one_of(*PRODUCTS)),
            none("OpenedTs", recent("%Y-%m-%d %H:%M:%S")),
            none("ResolutionHrs", number(0, 90, 1)),
            none("ReopenCnt", number(0, 4)),
            none("CsatScore", one_of("1", "2", "3", "4", "5")),
            none("QueueNm", one_of("billing", "hardware", "access")),
        ],
    )
