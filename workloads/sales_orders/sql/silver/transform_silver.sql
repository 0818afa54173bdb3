WITH `trimmed` AS (
  SELECT
    REGEXP_REPLACE(
      `order_id`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `order_id`,
    REGEXP_REPLACE(
      `order_date`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `order_date`,
    REGEXP_REPLACE(
      `customer_name`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `customer_name`,
    REGEXP_REPLACE(
      `customer_email`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `customer_email`,
    REGEXP_REPLACE(
      `phone`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `phone`,
    REGEXP_REPLACE(
      `product`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `product`,
    REGEXP_REPLACE(
      `category`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `category`,
    REGEXP_REPLACE(
      `region`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `region`,
    REGEXP_REPLACE(
      `quantity`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `quantity`,
    REGEXP_REPLACE(
      `unit_price`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `unit_price`,
    REGEXP_REPLACE(
      `amount`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `amount`,
    REGEXP_REPLACE(
      `currency`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `currency`,
    REGEXP_REPLACE(
      `status`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `status`,
    REGEXP_REPLACE(
      `shipped_date`,
      '\\A[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+|[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]+\\z',
      ''
    ) AS `shipped_date`,
    `_source_file`,
    `_source_row`,
    `_load_id`
  FROM `bronze`
), `prepared` AS (
  SELECT
    CASE
      WHEN `order_id` IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE `order_id`
    END AS `order_id`,
    CASE
      WHEN `order_date` IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE `order_date`
    END AS `order_date`,
    CASE
      WHEN `customer_name` IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE `customer_name`
    END AS `customer_name`,
    CASE
      WHEN `customer_email` IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE `customer_email`
    END AS `customer_email`,
    CASE WHEN `phone` IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE `phone` END AS `phone`,
    CASE
      WHEN `product` IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE `product`
    END AS `product`,
    ARRAY_JOIN(
      TRANSFORM(
        SPLIT(
          CASE
            WHEN `category` IN ('', 'NULL', 'null', 'N/A', 'n/a')
            THEN NULL
            ELSE `category`
          END,
          ' '
        ),
        `word` -> UPPER(TRANSLATE(SUBSTRING(`word`, 1, 1), 'ß', 'ẞ')) || LOWER(TRANSLATE(SUBSTRING(`word`, 2), 'İΣ', 'iσ'))
      ),
      ' '
    ) AS `category`,
    ARRAY_JOIN(
      TRANSFORM(
        SPLIT(
          CASE WHEN `region` IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE `region` END,
          ' '
        ),
        `word` -> UPPER(TRANSLATE(SUBSTRING(`word`, 1, 1), 'ß', 'ẞ')) || LOWER(TRANSLATE(SUBSTRING(`word`, 2), 'İΣ', 'iσ'))
      ),
      ' '
    ) AS `region`,
    CASE
      WHEN `quantity` IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE `quantity`
    END AS `quantity`,
    CASE
      WHEN `unit_price` IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE `unit_price`
    END AS `unit_price`,
    CASE
      WHEN `amount` IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE `amount`
    END AS `amount`,
    CASE
      WHEN `currency` IN ('', 'NULL', 'null', 'N/A', 'n/a')
      THEN NULL
      ELSE `currency`
    END AS `currency`,
    CASE WHEN `status` IN ('', 'NULL', 'null', 'N/A', 'n/a') THEN NULL ELSE `status` END AS `status`,
    CASE
      WHEN `shipped_date` IN ('', 'NULL', 'null', 'N/A', 'n/a', 'NA', 'None', 'none', 'nan', 'NaN', '-')
      THEN NULL
      ELSE `shipped_date`
    END AS `shipped_date`,
    `_source_file`,
    `_source_row`,
    `_load_id`
  FROM `trimmed`
), `read` AS (
  SELECT
    `order_id`,
    CASE
      WHEN `order_date` RLIKE '\\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2})\\z'
      THEN TRY_CAST(`order_date` AS DATE)
    END AS `order_date`,
    `customer_name`,
    `customer_email`,
    `phone`,
    `product`,
    `category`,
    `region`,
    CASE
      WHEN `quantity` RLIKE '\\A(?:[+-]?[0-9]+)\\z'
      THEN TRY_CAST(`quantity` AS BIGINT)
    END AS `quantity`,
    CASE
      WHEN `unit_price` RLIKE '\\A(?:[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))\\z'
      THEN TRY_CAST(`unit_price` AS DECIMAL(18, 2))
    END AS `unit_price`,
    CASE
      WHEN `amount` RLIKE '\\A(?:[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))\\z'
      THEN TRY_CAST(`amount` AS DECIMAL(18, 2))
    END AS `amount`,
    `currency`,
    `status`,
    CASE
      WHEN `shipped_date` RLIKE '\\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2})\\z'
      THEN TRY_CAST(`shipped_date` AS DATE)
    END AS `shipped_date`,
    `order_date` AS `_text_order_date`,
    `customer_email` AS `_text_customer_email`,
    `phone` AS `_text_phone`,
    `quantity` AS `_text_quantity`,
    `unit_price` AS `_text_unit_price`,
    `amount` AS `_text_amount`,
    `shipped_date` AS `_text_shipped_date`,
    `_source_file`,
    `_source_row`,
    `_load_id`
  FROM `prepared`
), `typed` AS (
  SELECT
    `order_id`,
    `order_date`,
    `customer_name`,
    `customer_email`,
    `phone`,
    `product`,
    `category`,
    `region`,
    `quantity`,
    `unit_price`,
    `amount`,
    `currency`,
    `status`,
    `shipped_date`,
    `_source_file`,
    `_source_row`,
    `_load_id`,
    CASE
      WHEN `_text_order_date` <> '' AND `order_date` IS NULL
      THEN 'order_date,'
      ELSE ''
    END || CASE
      WHEN `_text_customer_email` <> ''
      AND NOT (
        `_text_customer_email` RLIKE '\\A(?:[A-Za-z0-9._%+\'-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,})\\z'
      )
      THEN 'customer_email,'
      ELSE ''
    END || CASE
      WHEN `_text_phone` <> ''
      AND NOT (
        `_text_phone` RLIKE '\\A(?:[+]?[0-9(][0-9 ()./-]{5,24}( ?(x|ext[.]?) ?[0-9]{1,5})?)\\z'
      )
      THEN 'phone,'
      ELSE ''
    END || CASE WHEN `_text_quantity` <> '' AND `quantity` IS NULL THEN 'quantity,' ELSE '' END || CASE
      WHEN `_text_unit_price` <> '' AND `unit_price` IS NULL
      THEN 'unit_price,'
      ELSE ''
    END || CASE WHEN `_text_amount` <> '' AND `amount` IS NULL THEN 'amount,' ELSE '' END || CASE
      WHEN `_text_shipped_date` <> '' AND `shipped_date` IS NULL
      THEN 'shipped_date,'
      ELSE ''
    END AS `_unparsed`
  FROM `read`
), `ranked` AS (
  SELECT
    `order_id`,
    `order_date`,
    `customer_name`,
    `customer_email`,
    `phone`,
    `product`,
    `category`,
    `region`,
    `quantity`,
    `unit_price`,
    `amount`,
    `currency`,
    `status`,
    `shipped_date`,
    `_source_file`,
    `_source_row`,
    `_load_id`,
    CASE WHEN `_unparsed` = '' THEN '' ELSE ',' || `_unparsed` END AS `_unparsed`,
    CAST(CASE
      WHEN `order_id` IS NULL
      THEN 1
      ELSE ROW_NUMBER() OVER (PARTITION BY `order_id` ORDER BY `_load_id` DESC, `_source_row` DESC)
    END AS INT) AS `_duplicate_rank`
  FROM `typed`
), `masked` AS (
  SELECT
    `order_id`,
    `order_date`,
    CASE
      WHEN `customer_name` IS NULL
      THEN NULL
      ELSE CASE
        WHEN LENGTH(`customer_name`) >= 3
        THEN SUBSTRING(`customer_name`, 1, 1) || '***'
        ELSE '***'
      END
    END AS `customer_name`,
    SHA2(:masking_key || ':' || SHA2(:masking_key || ':' || `customer_email`, 256), 256) AS `customer_email`,
    CASE
      WHEN `phone` IS NULL
      THEN NULL
      ELSE CASE WHEN LENGTH(`phone`) >= 8 THEN '****' || RIGHT(`phone`, 4) ELSE '****' END
    END AS `phone`,
    `product`,
    `category`,
    `region`,
    `quantity`,
    `unit_price`,
    `amount`,
    `currency`,
    `status`,
    `shipped_date`,
    `_source_file`,
    `_source_row`,
    `_load_id`,
    `_unparsed`,
    `_duplicate_rank`
  FROM `ranked`
)
SELECT
  `order_id`,
  `order_date`,
  `customer_name`,
  `customer_email`,
  `phone`,
  `product`,
  `category`,
  `region`,
  `quantity`,
  `unit_price`,
  `amount`,
  `currency`,
  `status`,
  `shipped_date`,
  `_source_file`,
  `_source_row`,
  `_load_id`,
  `_unparsed`,
  `_duplicate_rank`
FROM `masked`
