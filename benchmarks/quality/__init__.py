"""Twenty quality rules over a million rows: ours, one hand-written statement, and great-expectations."""
