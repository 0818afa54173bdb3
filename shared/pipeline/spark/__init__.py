"""The data plane on Spark: AWS Glue, and local Spark. The only place that imports pyspark."""
