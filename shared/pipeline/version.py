"""Version of the run-time contract between generated pipelines and ``shared``."""

RUNTIME_VERSION = "1.5.0"
