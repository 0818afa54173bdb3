"""What the system costs: ``make bench``."""
