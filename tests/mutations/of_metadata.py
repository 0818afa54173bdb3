"""Mutations of what the profiling and the metadata agent write."""

from __future__ import annotations

from tests.mutations.mutation import Edit, Mutation, mutate

SOURCE = "config/source.yaml"
PROFILE = "config/profiling_report.json"
EXTRACT = "scripts/extract/extract_sales_orders.py"
DDL = "sql/bronze/create_bronze.sql"

_EMAIL = "    classification:\n      type: EMAIL\n      sensitivity: HIGH"
_EMAIL_TAGS = "    lf_tags:\n      PII_Classification: HIGH\n      PII_Type: EMAIL\n      Data_Sensitivity: RESTRICTED"

PROFILING = (
    mutate("profiling", PROFILE, "rows of the report changed", '\n  "rows": 1530', '\n  "rows": 15300', quick=True),
    mutate(
        "profiling",
        PROFILE,
        "missing values of a column changed",
        '"null_count": 287,',
        '"null_count": 28,',
        "shipped_date",
    ),
    mutate(
        "profiling",
        PROFILE,
        "key candidate changed",
        '"columns": [\n        "order_id"',
        '"columns": [\n        "phone"',
    ),
    mutate(
        "profiling",
        PROFILE,
        "location of the report changed",
        '"location": "s3://onboarding-landing/sales/"',
        '"location": "s3://onboarding-landing/other/"',
    ),
    mutate(
        "profiling",
        SOURCE,
        "wrong path in the config",
        "location: s3://onboarding-landing/sales/",
        "location: s3://onboarding-landing/sale/",
    ),
    mutate("profiling", SOURCE, "delimiter of the config changed", "delimiter: ','", "delimiter: ;"),
    mutate("profiling", SOURCE, "PII tag changed", "PII_Type: EMAIL", "PII_Type: NONE", "customer_email"),
    Mutation(
        "personal column declared as none",
        "profiling",
        (
            Edit(SOURCE, _EMAIL, "    classification:\n      type: NONE\n      sensitivity: NONE"),
            Edit(
                SOURCE,
                _EMAIL_TAGS,
                "    lf_tags:\n      PII_Classification: NONE\n      PII_Type: NONE\n      Data_Sensitivity: INTERNAL",
            ),
        ),
        "customer_email",
        quick=True,
    ),
    mutate(
        "profiling",
        SOURCE,
        "personal column no longer restricted",
        _EMAIL_TAGS,
        _EMAIL_TAGS.replace("RESTRICTED", "INTERNAL"),
        "customer_email",
    ),
)

METADATA = (
    mutate(
        "metadata",
        SOURCE,
        "primary key changed",
        "primary_key:\n  - order_id",
        "primary_key:\n  - customer_email",
        "order_id",
        quick=True,
    ),
    mutate(
        "metadata",
        SOURCE,
        "type of a column changed",
        "description: Quantity (measure, integer).\n    type: integer",
        "description: Quantity (measure, integer).\n    type: text",
        "quantity",
    ),
    mutate(
        "metadata",
        SOURCE,
        "date format of a column changed",
        "description: Order date (temporal, date).\n    type: date\n    date_format: '%Y-%m-%d'",
        "description: Order date (temporal, date).\n    type: date\n    date_format: '%d-%m-%Y'",
        "order_date",
    ),
    mutate(
        "metadata",
        SOURCE,
        "role of a column changed",
        "description: Amount (measure, decimal).\n    type: decimal\n    precision: 18\n    scale: 2\n    role: measure",
        "description: Amount (measure, decimal).\n    type: decimal\n    precision: 18\n    scale: 2\n    role: dimension",
        "amount",
    ),
    mutate(
        "metadata",
        EXTRACT,
        "wrong path in the script",
        'location="s3://onboarding-landing/sales/"',
        'location="s3://onboarding-landing/orders/"',
        quick=True,
    ),
    mutate("metadata", EXTRACT, "extraction with another delimiter", 'delimiter=","', 'delimiter=";"'),
    mutate("metadata", EXTRACT, "extraction takes the header for a row", "header=True", "header=False"),
    mutate("metadata", EXTRACT, "extraction with another encoding", 'encoding="utf-8"', 'encoding="latin-1"'),
    mutate(
        "metadata",
        EXTRACT,
        "extraction skips the last column",
        '        "shipped_date",\n    ),',
        "    ),",
        "shipped_date",
    ),
    mutate(
        "metadata", EXTRACT, "extraction drops a column", "dropped_columns=()", 'dropped_columns=("phone",)', "phone"
    ),
    mutate("metadata", EXTRACT, "extraction leaves rows out", "filter={}", 'filter={"duckdb": "quantity > 1"}'),
    mutate("metadata", EXTRACT, "extraction of new files only", 'load="full"', 'load="new_files"'),
    mutate("metadata", EXTRACT, "extraction into another table", 'table="sales_orders"', 'table="orders"'),
    mutate(
        "metadata",
        EXTRACT,
        "extraction that writes nothing",
        "    return extract_to_bronze(SPEC, parse_arguments(argv))",
        '    return {"rows": 0, "arguments": len(argv)}',
    ),
    mutate(
        "metadata",
        DDL,
        "column missing in the Bronze table",
        "  `amount` STRING COMMENT 'Amount (measure, decimal).',\n",
        "",
        "amount",
    ),
    mutate("metadata", DDL, "type of a Bronze column changed", "`quantity` STRING", "`quantity` BIGINT", "quantity"),
    mutate(
        "metadata",
        DDL,
        "Bronze table without one of its partitions",
        "  `ingestion_date` DATE,\n  `load_id` STRING",
        "  `ingestion_date` DATE",
        "load_id",
    ),
    mutate(
        "metadata",
        DDL,
        "Bronze table on the files of Silver",
        "/bronze/sales_orders/sales_orders/",
        "/silver/sales_orders/sales_orders/",
    ),
    mutate("metadata", DDL, "Bronze table of text files", "STORED AS PARQUET", "STORED AS TEXTFILE"),
)
