"""The profile of a million rows: ours, DuckDB's SUMMARIZE, and ydata-profiling."""
