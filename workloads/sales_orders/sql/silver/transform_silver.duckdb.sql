WITH "trimmed" AS (
  SELECT
    CASE
      WHEN "order_id" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("order_id", -1) BETWEEN '!' AND '~'
      THEN "order_id"
      ELSE REGEXP_REPLACE(
        "order_id",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "order_id",
    CASE
      WHEN "order_date" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("order_date", -1) BETWEEN '!' AND '~'
      THEN "order_date"
      ELSE REGEXP_REPLACE(
        "order_date",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "order_date",
    CASE
      WHEN "customer_name" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("customer_name", -1) BETWEEN '!' AND '~'
      THEN "customer_name"
      ELSE REGEXP_REPLACE(
        "customer_name",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "customer_name",
    CASE
      WHEN "customer_email" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("customer_email", -1) BETWEEN '!' AND '~'
      THEN "customer_email"
      ELSE REGEXP_REPLACE(
        "customer_email",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "customer_email",
    CASE
      WHEN "phone" BETWEEN '!' AND '~' AND ARRAY_EXTRACT("phone", -1) BETWEEN '!' AND '~'
      THEN "phone"
      ELSE REGEXP_REPLACE(
        "phone",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "phone",
    CASE
      WHEN "product" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("product", -1) BETWEEN '!' AND '~'
      THEN "product"
      ELSE REGEXP_REPLACE(
        "product",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "product",
    CASE
      WHEN "category" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("category", -1) BETWEEN '!' AND '~'
      THEN "category"
      ELSE REGEXP_REPLACE(
        "category",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "category",
    CASE
      WHEN "region" BETWEEN '!' AND '~' AND ARRAY_EXTRACT("region", -1) BETWEEN '!' AND '~'
      THEN "region"
      ELSE REGEXP_REPLACE(
        "region",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "region",
    CASE
      WHEN "quantity" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("quantity", -1) BETWEEN '!' AND '~'
      THEN "quantity"
      ELSE REGEXP_REPLACE(
        "quantity",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "quantity",
    CASE
      WHEN "unit_price" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("unit_price", -1) BETWEEN '!' AND '~'
      THEN "unit_price"
      ELSE REGEXP_REPLACE(
        "unit_price",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "unit_price",
    CASE
      WHEN "amount" BETWEEN '!' AND '~' AND ARRAY_EXTRACT("amount", -1) BETWEEN '!' AND '~'
      THEN "amount"
      ELSE REGEXP_REPLACE(
        "amount",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "amount",
    CASE
      WHEN "currency" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("currency", -1) BETWEEN '!' AND '~'
      THEN "currency"
      ELSE REGEXP_REPLACE(
        "currency",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "currency",
    CASE
      WHEN "status" BETWEEN '!' AND '~' AND ARRAY_EXTRACT("status", -1) BETWEEN '!' AND '~'
      THEN "status"
      ELSE REGEXP_REPLACE(
        "status",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "status",
    CASE
      WHEN "shipped_date" BETWEEN '!' AND '~'
      AND ARRAY_EXTRACT("shipped_date", -1) BETWEEN '!' AND '~'
      THEN "shipped_date"
      ELSE REGEXP_REPLACE(
        "shipped_date",
        '\A[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+|[ \t\r\n\f\x0B\x{00A0}\x{200B}\x{3000}\x{FEFF}]+\z',
        '',
        'g'
      )
    END AS "shipped_date",
    "_source_file",
    "_source_row",
    "_load_id"
  FROM "bronze"
), "prepared" AS (
  SELECT
    CASE
      WHEN "order_id" IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE "order_id"
    END AS "order_id",
    CASE
      WHEN "order_date" IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE "order_date"
    END AS "order_date",
    CASE
      WHEN "customer_name" IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE "customer_name"
    END AS "customer_name",
    CASE
      WHEN "customer_email" IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE "customer_email"
    END AS "customer_email",
    CASE WHEN "phone" IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE "phone" END AS "phone",
    CASE
      WHEN "product" IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE "product"
    END AS "product",
    ARRAY_TO_STRING(
      [
        UPPER(SUBSTRING("word", 1, 1)) || LOWER(SUBSTRING("word", 2)) FOR "word" IN STRING_SPLIT(
          CASE
            WHEN "category" IN ('', 'NULL', 'null', 'N/A', 'n/a')
            THEN NULL
            ELSE "category"
          END,
          ' '
        )
      ],
      ' '
    ) AS "category",
    ARRAY_TO_STRING(
      [
        UPPER(SUBSTRING("word", 1, 1)) || LOWER(SUBSTRING("word", 2)) FOR "word" IN STRING_SPLIT(
          CASE WHEN "region" IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE "region" END,
          ' '
        )
      ],
      ' '
    ) AS "region",
    CASE
      WHEN "quantity" IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE "quantity"
    END AS "quantity",
    CASE
      WHEN "unit_price" IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE "unit_price"
    END AS "unit_price",
    CASE
      WHEN "amount" IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE "amount"
    END AS "amount",
    CASE
      WHEN "currency" IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE "currency"
    END AS "currency",
    CASE WHEN "status" IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE "status" END AS "status",
    CASE
      WHEN "shipped_date" IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE "shipped_date"
    END AS "shipped_date",
    "_source_file",
    "_source_row",
    "_load_id"
  FROM "trimmed"
), "read" AS (
  SELECT
    "order_id",
    CASE
      WHEN REGEXP_FULL_MATCH("order_date", '[0-9]{4}-[0-9]{2}-[0-9]{2}')
      THEN TRY_CAST("order_date" AS DATE)
    END AS "order_date",
    "customer_name",
    "customer_email",
    "phone",
    "product",
    "category",
    "region",
    CASE
      WHEN REGEXP_FULL_MATCH("quantity", '[+-]?[0-9]+')
      THEN TRY_CAST("quantity" AS BIGINT)
    END AS "quantity",
    CASE
      WHEN REGEXP_FULL_MATCH("unit_price", '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)')
      THEN TRY_CAST("unit_price" AS DECIMAL(18, 2))
    END AS "unit_price",
    CASE
      WHEN REGEXP_FULL_MATCH("amount", '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)')
      THEN TRY_CAST("amount" AS DECIMAL(18, 2))
    END AS "amount",
    "currency",
    "status",
    CASE
      WHEN REGEXP_FULL_MATCH("shipped_date", '[0-9]{4}-[0-9]{2}-[0-9]{2}')
      THEN TRY_CAST("shipped_date" AS DATE)
    END AS "shipped_date",
    "order_date" AS "_text_order_date",
    "customer_email" AS "_text_customer_email",
    "phone" AS "_text_phone",
    "quantity" AS "_text_quantity",
    "unit_price" AS "_text_unit_price",
    "amount" AS "_text_amount",
    "shipped_date" AS "_text_shipped_date",
    "_source_file",
    "_source_row",
    "_load_id"
  FROM "prepared"
), "typed" AS (
  SELECT
    "order_id",
    "order_date",
    "customer_name",
    "customer_email",
    "phone",
    "product",
    "category",
    "region",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "status",
    "shipped_date",
    "_source_file",
    "_source_row",
    "_load_id",
    CASE
      WHEN "_text_order_date" <> '' AND "order_date" IS NULL
      THEN 'order_date,'
      ELSE ''
    END || CASE
      WHEN "_text_customer_email" <> ''
      AND NOT (
        REGEXP_FULL_MATCH(
          "_text_customer_email",
          '[A-Za-z0-9._%+''-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}'
        )
      )
      THEN 'customer_email,'
      ELSE ''
    END || CASE
      WHEN "_text_phone" <> ''
      AND NOT (
        REGEXP_FULL_MATCH("_text_phone", '[+]?[0-9(][0-9 ()./-]{5,24}( ?(x|ext[.]?) ?[0-9]{1,5})?')
      )
      THEN 'phone,'
      ELSE ''
    END || CASE WHEN "_text_quantity" <> '' AND "quantity" IS NULL THEN 'quantity,' ELSE '' END || CASE
      WHEN "_text_unit_price" <> '' AND "unit_price" IS NULL
      THEN 'unit_price,'
      ELSE ''
    END || CASE WHEN "_text_amount" <> '' AND "amount" IS NULL THEN 'amount,' ELSE '' END || CASE
      WHEN "_text_shipped_date" <> '' AND "shipped_date" IS NULL
      THEN 'shipped_date,'
      ELSE ''
    END AS "_unparsed"
  FROM "read"
), "ranked" AS (
  SELECT
    "order_id",
    "order_date",
    "customer_name",
    "customer_email",
    "phone",
    "product",
    "category",
    "region",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "status",
    "shipped_date",
    "_source_file",
    "_source_row",
    "_load_id",
    CASE WHEN "_unparsed" = '' THEN '' ELSE ',' || "_unparsed" END AS "_unparsed",
    CAST(CASE
      WHEN "order_id" IS NULL
      THEN 1
      ELSE ROW_NUMBER() OVER (PARTITION BY "order_id" ORDER BY "_load_id" DESC, "_source_row" DESC)
    END AS INT) AS "_duplicate_rank"
  FROM "typed"
), "masked" AS (
  SELECT
    "order_id",
    "order_date",
    CASE
      WHEN "customer_name" IS NULL
      THEN NULL
      ELSE CASE
        WHEN LENGTH("customer_name") >= 3
        THEN SUBSTRING("customer_name", 1, 1) || '***'
        ELSE '***'
      END
    END AS "customer_name",
    SHA256($masking_key || ':' || SHA256($masking_key || ':' || "customer_email")) AS "customer_email",
    CASE
      WHEN "phone" IS NULL
      THEN NULL
      ELSE CASE WHEN LENGTH("phone") >= 8 THEN '****' || RIGHT("phone", 4) ELSE '****' END
    END AS "phone",
    "product",
    "category",
    "region",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "status",
    "shipped_date",
    "_source_file",
    "_source_row",
    "_load_id",
    "_unparsed",
    "_duplicate_rank"
  FROM "ranked"
)
SELECT
  "order_id",
  "order_date",
  "customer_name",
  "customer_email",
  "phone",
  "product",
  "category",
  "region",
  "quantity",
  "unit_price",
  "amount",
  "currency",
  "status",
  "shipped_date",
  "_source_file",
  "_source_row",
  "_load_id",
  "_unparsed",
  "_duplicate_rank"
FROM "masked"
