"""Amazon MWAA: what an environment is given."""

from __future__ import annotations
