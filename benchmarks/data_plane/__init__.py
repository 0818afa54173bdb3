"""One workload from its source to published Gold: ours, DuckDB statements by hand, and the same workload on Spark."""
