"""Mutations of what the transformation agent writes."""

from __future__ import annotations

from tests.mutations.mutation import Mutation, mutate, on_both_engines

SILVER = "sql/silver/transform_silver"
SILVER_DUCKDB, SILVER_SPARK = f"{SILVER}.duckdb.sql", f"{SILVER}.sql"
GOLD = "sql/gold/aggregate_gold"
GOLD_DUCKDB, GOLD_SPARK = f"{GOLD}.duckdb.sql", f"{GOLD}.sql"
TO_SILVER = "scripts/transform/bronze_to_silver.py"
TO_GOLD = "scripts/transform/silver_to_gold.py"
LOAD = "scripts/load/load_gold.py"
CONFIG = "config/transformations.yaml"
SEMANTIC = "config/semantic.yaml"
LINEAGE = "config/lineage.json"
OWN = "transformation"

_EMAIL_HASH = "SHA256($masking_key || ':' || SHA256($masking_key || ':' || \"customer_email\")) AS \"customer_email\""
_LAST4 = "ELSE CASE WHEN LENGTH(\"phone\") >= 8 THEN '****' || RIGHT(\"phone\", 4) ELSE '****' END"
_WORDS = "IN ('', 'NULL', 'null', 'N/A', 'n/a')"
_BLANKS = "[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]"
_BARE_PRODUCT = """WHEN "product" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("product", -1) BETWEEN '!' AND '~'
"""
_TRIM_PRODUCT = f"""REGEXP_REPLACE(
        "product",
        '\\A{_BLANKS}+|{_BLANKS}+\\z',
        '',
        'g'
      )
    END AS "product\""""
_AMOUNT_MARK = """CASE WHEN "_text_amount" <> '' AND "amount" IS NULL THEN 'amount,' ELSE '' END || """
_RESULT = '  "_duplicate_rank"\nFROM "masked"'
_MASK_NAME = """    CASE
      WHEN "customer_name" IS NULL
      THEN NULL
      ELSE CASE
        WHEN LENGTH("customer_name") >= 3
        THEN SUBSTRING("customer_name", 1, 1) || '***'
        ELSE '***'
      END
    END AS "customer_name",
"""


def _origin(column: str) -> str:
    """What the lineage says of ``amount`` when it comes from this column of Bronze."""
    lines = (
        '        "amount": {', '          "inputFields": [', "            {", '              "namespace": "lake",',
        '              "name": "bronze.sales_orders",', f'              "field": "{column}",',
    )  # fmt: skip
    return "\n".join(lines)


_ORIGIN_OF_AMOUNT = _origin("amount")


def both(name: str, old: str, new: str, blames: str = "", *, path: str = SILVER, quick: bool = False) -> Mutation:
    return Mutation(name, OWN, on_both_engines(path, old, new), blames, quick=quick)


def duckdb(
    name: str, old: str, new: str, blames: str = "", *, path: str = SILVER_DUCKDB, quick: bool = False
) -> Mutation:
    return mutate(OWN, path, name, old, new, blames, quick=quick)


def spark(
    name: str, old: str, new: str, blames: str = "", *, path: str = SILVER_SPARK, quick: bool = False
) -> Mutation:
    return mutate(OWN, path, f"{name}, Spark only", old, new, blames, quick=quick)


CLEANING = (
    both("cast dropped", 'THEN TRY_CAST("quantity" AS BIGINT)', 'THEN "quantity"', "quantity", quick=True),
    both(
        "cast to fewer digits after the point",
        'TRY_CAST("amount" AS DECIMAL(18, 2))',
        'TRY_CAST("amount" AS DECIMAL(18, 1))',
        "amount",
    ),
    both(
        "cast to fewer digits",
        'TRY_CAST("unit_price" AS DECIMAL(18, 2))',
        'TRY_CAST("unit_price" AS DECIMAL(9, 2))',
        "unit_price",
    ),
    duckdb("trim dropped", _TRIM_PRODUCT, '"product" END AS "product"', "product"),
    duckdb("a blank in front stays", _BARE_PRODUCT, _BARE_PRODUCT.replace("'!'", "' '", 1), "product"),
    duckdb("a blank behind stays", _BARE_PRODUCT, "' '".join(_BARE_PRODUCT.rsplit("'!'", 1)), "product"),
    duckdb(
        "another date format",
        "REGEXP_FULL_MATCH(\"order_date\", '[0-9]{4}-[0-9]{2}-[0-9]{2}')",
        "REGEXP_FULL_MATCH(\"order_date\", '[0-9]{4}/[0-9]{2}/[0-9]{2}')",
        "order_date",
    ),
    duckdb("loose e-mail format", "[.][A-Za-z]{2,}", "[.]?[A-Za-z]*", "customer_email"),
    both(
        "word for no value changed",
        f'WHEN "status" {_WORDS}',
        f'WHEN "status" {_WORDS.replace("N/A", "N.A.")}',
        "status",
    ),
    duckdb(
        "letter case no longer the same",
        """ARRAY_TO_STRING(
      [
        UPPER(SUBSTRING("word", 1, 1)) || LOWER(SUBSTRING("word", 2)) FOR "word" IN STRING_SPLIT(
          CASE WHEN "region" IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE "region" END,
          ' '
        )
      ],
      ' '
    ) AS "region\"""",
        """CASE WHEN "region" IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE "region" END AS "region\"""",
        "region",
    ),
    duckdb("unreadable values no longer marked", _AMOUNT_MARK, "", "amount", quick=True),
    duckdb("wrong e-mail addresses no longer marked", "THEN 'customer_email,'", "THEN ''", "customer_email"),
    both(
        "unreadable rows left out of Silver",
        'FROM "masked"',
        "FROM \"masked\"\nWHERE `_unparsed` = ''".replace("`", '"'),
    ),
    both(
        "column taken from another one",
        '    "category",\n    "region",\n    CASE',
        '    "region" AS "category",\n    "region",\n    CASE',
        "category",
    ),
)

DUPLICATES = (
    both(
        "first of a repeated key kept instead of the last",
        'ORDER BY "_load_id" DESC, "_source_row" DESC',
        'ORDER BY "_load_id" ASC, "_source_row" ASC',
        quick=True,
    ),
    both("duplicates told by another column", 'PARTITION BY "order_id"', 'PARTITION BY "customer_email"'),
    both(
        "rows without a key taken for duplicates",
        'WHEN "order_id" IS NULL\n      THEN 1\n      ELSE ROW_NUMBER()',
        "WHEN FALSE\n      THEN 1\n      ELSE ROW_NUMBER()",
    ),
    both(
        "duplicates no longer numbered",
        'ELSE ROW_NUMBER() OVER (PARTITION BY "order_id" ORDER BY "_load_id" DESC, "_source_row" DESC)',
        "ELSE 1",
    ),
)

MASKS = (
    both("mask removed", _MASK_NAME, '    "customer_name",\n', "customer_name", quick=True),
    duckdb(
        "hash without the key", _EMAIL_HASH, 'SHA256(SHA256("customer_email")) AS "customer_email"', "customer_email"
    ),
    duckdb(
        "hash of one round",
        _EMAIL_HASH,
        'SHA256($masking_key || \':\' || "customer_email") AS "customer_email"',
        "customer_email",
    ),
    both("mask shows more", _LAST4, _LAST4.replace('RIGHT("phone", 4)', 'RIGHT("phone", 8)'), "phone"),
    both("mask shows short values", _LAST4, _LAST4.replace(">= 8", ">= 1"), "phone"),
)

SPARK_TEXT = (
    spark("cast dropped", "THEN TRY_CAST(`quantity` AS BIGINT)", "THEN `quantity`", "quantity", quick=True),
    spark(
        "letter case no longer the same",
        f"CASE WHEN `region` {_WORDS} THEN NULL ELSE `region` END,\n          ' '\n        ),\n        `word` -> UPPER(",
        f"CASE WHEN `region` {_WORDS} THEN NULL ELSE `region` END,\n          ' '\n        ),\n        `word` -> LOWER(",
        "region",
    ),
    spark("mask shows more", "RIGHT(`phone`, 4)", "RIGHT(`phone`, 8)", "phone"),
    spark(
        "hash without the key",
        "SHA2(:masking_key || ':' || SHA2(:masking_key || ':' || `customer_email`, 256), 256)",
        "SHA2(SHA2(`customer_email`, 256), 256)",
        "customer_email",
    ),
    spark("wrong phone numbers no longer marked", "THEN 'phone,'", "THEN ''", "phone"),
    spark(
        "another date format",
        "`order_date` RLIKE '\\\\A(?:[0-9]{4}-",
        "`order_date` RLIKE '\\\\A(?:[0-9]{2}-",
        "order_date",
    ),
    spark(
        "trim of one end only",
        "+|" + _BLANKS.replace("\\", "\\\\") + "+\\\\z',\n      ''\n    ) AS `product`",
        "+',\n      ''\n    ) AS `product`",
        "product",
    ),
    spark("column missing in Gold", "  `amount`,\n", "", "amount", path=GOLD_SPARK),
)

ZONES = (
    both(
        "column missing in Silver",
        '  "status",\n  "shipped_date",\n  "_source_file",\n  "_source_row",\n  "_load_id",\n  "_unparsed",\n  "_duplicate_rank"\nFROM',
        '  "shipped_date",\n  "_source_file",\n  "_source_row",\n  "_load_id",\n  "_unparsed",\n  "_duplicate_rank"\nFROM',
        "status",
    ),
    both("column missing in Gold", '  "amount",\n', "", "amount", path=GOLD, quick=True),
    both("Gold column renamed", '  "unit_price",\n', '  "unit_price" AS "price",\n', "unit_price", path=GOLD),
    both(
        "two Gold columns exchanged",
        '  "product",\n  "category",\n',
        '  "category" AS "product",\n  "product" AS "category",\n',
        "product",
        path=GOLD,
    ),
    both("rows left out of Gold", 'FROM "silver"', 'FROM "silver"\nWHERE "quantity" > 1', path=GOLD),
    both("Gold cut off", 'FROM "silver"', 'FROM "silver"\nLIMIT 10', path=GOLD),
)

SCRIPTS = (
    mutate(OWN, TO_SILVER, "script writes to another zone", 'zone="silver"', 'zone="gold"', quick=True),
    mutate(OWN, TO_SILVER, "script reads another table", '"bronze/sales_orders"', '"bronze/orders"'),
    mutate(
        OWN,
        TO_SILVER,
        "script runs another statement",
        '"sql/silver/transform_silver.sql"',
        '"sql/gold/aggregate_gold.sql"',
    ),
    mutate(OWN, TO_SILVER, "script without the masking key", "needs_masking_key=True", "needs_masking_key=False"),
    mutate(OWN, TO_SILVER, "Silver in other folders", "partition_columns=()", 'partition_columns=("region",)'),
    mutate(OWN, TO_GOLD, "Gold read from Bronze", '"silver/sales_orders"', '"bronze/sales_orders"'),
    mutate(OWN, TO_GOLD, "Gold under another name", 'table="sales_orders"', 'table="orders"'),
    mutate(OWN, TO_GOLD, "script that writes nothing", "for spec in SPECS}", "for spec in SPECS[1:]}"),
    mutate(OWN, LOAD, "Gold table not published", 'tables=("sales_orders",)', "tables=()"),
    mutate(
        OWN,
        LOAD,
        "publication that does nothing",
        "    return publish_gold(SPEC, parse_arguments(argv))",
        '    return {"rows": len(argv)}',
    ),
)

CONFIGS = (
    mutate(OWN, CONFIG, "mask of the config changed", "customer_email: hash", "customer_email: keep", "customer_email"),
    mutate(OWN, CONFIG, "kept row of the config changed", "keep: last", "keep: first"),
    mutate(OWN, SEMANTIC, "mask of the business terms changed", "masking: hash", "masking: keep", "customer_email"),
    mutate(OWN, LINEAGE, "lineage from another column", _ORIGIN_OF_AMOUNT, _origin("product"), "amount", quick=True),
    mutate(
        OWN, LINEAGE, "lineage under another name", _ORIGIN_OF_AMOUNT, _ORIGIN_OF_AMOUNT.replace("amount", "total", 1)
    ),
)

TRANSFORMATION = (*CLEANING, *DUPLICATES, *MASKS, *SPARK_TEXT, *ZONES, *SCRIPTS, *CONFIGS)
