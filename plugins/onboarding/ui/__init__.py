"""Pages inside Airflow's UI: all onboardings, and the full report of one. Imported by the api-server only."""
