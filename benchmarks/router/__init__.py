"""Seconds of the router and of the duplicate check over many deployed workloads."""
