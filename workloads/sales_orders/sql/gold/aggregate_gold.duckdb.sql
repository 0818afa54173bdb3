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
  "shipped_date"
FROM "silver"
