-- Not verified on Athena.
CREATE EXTERNAL TABLE IF NOT EXISTS `${glue_database}`.`sales_orders` (
  `order_id` STRING COMMENT 'Order id (identifier, text).',
  `order_date` STRING COMMENT 'Order date (temporal, date).',
  `customer_name` STRING COMMENT 'Customer name (attribute, text, person name).',
  `customer_email` STRING COMMENT 'Customer email (attribute, text, email).',
  `phone` STRING COMMENT 'Phone (attribute, text, phone).',
  `product` STRING COMMENT 'Product (dimension, text).',
  `category` STRING COMMENT 'Category (dimension, text).',
  `region` STRING COMMENT 'Region (dimension, text).',
  `quantity` STRING COMMENT 'Quantity (measure, integer).',
  `unit_price` STRING COMMENT 'Unit price (measure, decimal).',
  `amount` STRING COMMENT 'Amount (measure, decimal).',
  `currency` STRING COMMENT 'Currency (dimension, text).',
  `status` STRING COMMENT 'Status (dimension, text).',
  `shipped_date` STRING COMMENT 'Shipped date (temporal, date).',
  `_source_file` STRING COMMENT 'File of the source that the row was read from',
  `_source_row` BIGINT COMMENT 'Number of the row in its load, from 1',
  `_load_id` STRING COMMENT 'Load that brought the row'
)
PARTITIONED BY (
  `ingestion_date` DATE,
  `load_id` STRING
)
STORED AS PARQUET
LOCATION '${lake_uri}/bronze/sales_orders/sales_orders/'
