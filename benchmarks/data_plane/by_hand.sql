-- What a person writes for just these columns. $paths are those of the files; $key is the masking key.

-- bronze
COPY (
    SELECT *, $uri AS _source_file, row_number() OVER () AS _source_row, $load_id AS _load_id
    FROM {read}
) TO '{bronze}' (FORMAT parquet);

-- read
CREATE TEMPORARY TABLE typed AS
SELECT
    nullif(trim(line_id), '') AS line_id,
    nullif(trim(order_id), '') AS order_id,
    TRY_CAST(trim(order_date) AS DATE) AS order_date,
    TRY_CAST(trim(shipped_date) AS DATE) AS shipped_date,
    nullif(trim(customer_id), '') AS customer_id,
    left(trim(customer_name), 1) || '***' AS customer_name,
    sha256($key || ':' || sha256($key || ':' || trim(email))) AS email,
    '****' || right(trim(phone), 4) AS phone,
    trim(city) AS city,
    trim(country) AS country,
    upper(trim(region)[1]) || lower(trim(region)[2:]) AS region,
    trim(sku) AS sku,
    trim(category) AS category,
    TRY_CAST(trim(quantity) AS BIGINT) AS quantity,
    TRY_CAST(nullif(trim(unit_price), 'n.a.') AS DECIMAL(18, 2)) AS unit_price,
    TRY_CAST(trim(amount) AS DECIMAL(18, 2)) AS amount,
    TRY_CAST(trim(discount) AS DECIMAL(18, 2)) AS discount,
    trim(currency) AS currency,
    trim(status) AS status,
    CASE lower(trim(is_gift)) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END AS is_gift,
    _source_file, _source_row, _load_id,
    list_filter([
        CASE WHEN nullif(trim(line_id), '') IS NULL THEN 'line_id_key_not_null' END,
        CASE WHEN TRY_CAST(trim(order_date) AS DATE) IS NULL THEN 'order_date_not_null' END,
        CASE WHEN nullif(trim(discount), '') IS NULL THEN 'discount_not_null' END,
        CASE WHEN trim(order_date) <> '' AND TRY_CAST(trim(order_date) AS DATE) IS NULL THEN 'order_date_parsed' END,
        CASE WHEN trim(shipped_date) <> '' AND TRY_CAST(trim(shipped_date) AS DATE) IS NULL
             THEN 'shipped_date_parsed' END,
        CASE WHEN trim(email) NOT SIMILAR TO '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{{2,}}'
             THEN 'email_parsed' END,
        CASE WHEN trim(phone) NOT SIMILAR TO '[+]?[0-9 ()./-]{{6,25}}' THEN 'phone_parsed' END,
        CASE WHEN trim(quantity) <> '' AND TRY_CAST(trim(quantity) AS BIGINT) IS NULL THEN 'quantity_parsed' END,
        CASE WHEN trim(unit_price) NOT IN ('', 'n.a.') AND TRY_CAST(trim(unit_price) AS DECIMAL(18, 2)) IS NULL
             THEN 'unit_price_parsed' END,
        CASE WHEN trim(amount) <> '' AND TRY_CAST(trim(amount) AS DECIMAL(18, 2)) IS NULL THEN 'amount_parsed' END,
        CASE WHEN trim(discount) <> '' AND TRY_CAST(trim(discount) AS DECIMAL(18, 2)) IS NULL
             THEN 'discount_parsed' END
    ], LAMBDA reason: reason IS NOT NULL) AS reasons,
    CASE WHEN nullif(trim(line_id), '') IS NULL THEN 1
         ELSE row_number() OVER (PARTITION BY trim(line_id) ORDER BY _source_row DESC) END AS place
FROM read_parquet('{bronze}');

-- duplicates
COPY (SELECT * EXCLUDE (reasons, place) FROM typed WHERE place > 1) TO '{duplicates}' (FORMAT parquet);

-- quarantine
COPY (
    SELECT * EXCLUDE (reasons, place),
        CASE WHEN reasons[-1] LIKE '%_parsed' THEN list_append(reasons, 'rows_parsed') ELSE reasons END AS _reasons
    FROM typed WHERE place = 1 AND (reasons[1] = 'line_id_key_not_null' OR reasons[-1] LIKE '%_parsed')
) TO '{quarantine}' (FORMAT parquet);

-- silver
COPY (
    SELECT * EXCLUDE (reasons, place) FROM typed
    WHERE place = 1 AND line_id IS NOT NULL AND coalesce(reasons[-1] NOT LIKE '%_parsed', TRUE)
) TO '{silver}' (FORMAT parquet);

-- gold
COPY (
    SELECT order_date, country, category, sum(amount) AS revenue, sum(quantity)::BIGINT AS units
    FROM read_parquet('{silver}') GROUP BY ALL
) TO '{gold}' (FORMAT parquet);
