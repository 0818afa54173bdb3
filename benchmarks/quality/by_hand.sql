-- What the twenty rules of benchmarks/quality/rules.py count, as a person who knows DuckDB writes it for these columns:
-- for each rule the rows that it applies to and the rows that keep it. $path is the Parquet file.
WITH counted AS (
    SELECT
        count(*) AS all_rows,
        count(order_id) AS order_id_there,
        count(customer_id) AS customer_id_there,
        count(order_date) AS order_date_there,
        count(*) FILTER (order_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31') AS order_date_good,
        count(shipped_date) AS shipped_date_there,
        count(*) FILTER (shipped_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31') AS shipped_date_good,
        count(*) FILTER (shipped_date >= order_date) AS shipped_after,
        count(*) FILTER (shipped_date IS NOT NULL AND order_date IS NOT NULL) AS shipped_and_ordered,
        count(region) AS region_there,
        count(*) FILTER (region IN ('North', 'South', 'East', 'West')) AS region_good,
        count(status) AS status_there,
        count(*) FILTER (status IN ('placed', 'paid', 'shipped', 'delivered', 'returned')) AS status_good,
        count(currency) AS currency_there,
        count(*) FILTER (currency IN ('EUR', 'USD', 'GBP')) AS currency_good,
        count(category) AS category_there,
        count(*) FILTER (category IN ('Apparel', 'Electronics', 'Furniture', 'Grocery')) AS category_good,
        count(quantity) AS quantity_there,
        count(*) FILTER (quantity BETWEEN 1 AND 100) AS quantity_good,
        count(unit_price) AS unit_price_there,
        count(*) FILTER (unit_price BETWEEN 0 AND 10000) AS unit_price_good,
        count(amount) AS amount_there,
        count(*) FILTER (amount BETWEEN 0 AND 100000) AS amount_good,
        count(*) FILTER (amount = quantity * unit_price) AS amount_right,
        count(*) FILTER (amount IS NOT NULL AND quantity IS NOT NULL AND unit_price IS NOT NULL) AS amount_whole,
        count(email) AS email_there,
        count(*) FILTER (regexp_full_match(email, '[a-z0-9]+@[a-z]+\.[a-z]+')) AS email_good,
        count(postcode) AS postcode_there,
        count(*) FILTER (regexp_full_match(postcode, '[0-9]{5}')) AS postcode_good,
        count(phone) AS phone_there,
        count(*) FILTER (regexp_full_match(phone, '\+[0-9]{8,14}')) AS phone_good
    FROM read_parquet($path)
), singles AS (
    SELECT count(*) AS order_id_once
    FROM (
        SELECT order_id FROM read_parquet($path) WHERE order_id IS NOT NULL GROUP BY order_id HAVING count(*) = 1
    )
)
SELECT
    1, (all_rows >= 1)::INTEGER,
    all_rows, order_id_there,
    order_id_there, order_id_once,
    all_rows, customer_id_there,
    all_rows, order_date_there,
    order_date_there, order_date_good,
    shipped_date_there, shipped_date_good,
    shipped_and_ordered, shipped_after,
    region_there, region_good,
    status_there, status_good,
    currency_there, currency_good,
    all_rows, category_there,
    category_there, category_good,
    quantity_there, quantity_good,
    unit_price_there, unit_price_good,
    amount_there, amount_good,
    amount_whole, amount_right,
    email_there, email_good,
    postcode_there, postcode_good,
    phone_there, phone_good
FROM counted, singles
