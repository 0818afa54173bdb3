"""``onboard package``: what an Amazon MWAA environment is given."""

from __future__ import annotations

import hashlib
from pathlib import Path

from onboarding.cli.console import say
from onboarding.mwaa.package import build_package, checkout, write_package


def package(out: Path, image: str) -> int:
    """Write ``plugins.zip``, ``requirements.txt`` and ``dags/`` below ``out``; prints each file's size and digest."""
    files = build_package(checkout(), image)
    write_package(files, out)
    for name, data in sorted(files.items()):
        say(f"{hashlib.sha256(data).hexdigest()[:16]}  {len(data):>9,} bytes  {out / name}")
    say(f"for the MWAA image of Airflow {image}; docs/mwaa.md says where each file goes")
    return 0
