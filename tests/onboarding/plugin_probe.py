"""Runs in a subprocess of its own: loads plugins through Airflow's plugin manager and prints what happened."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

OURS = ("onboarding", "shared", "onboarding_plugin")


def purge() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]


def import_milliseconds() -> float:
    """Shortest of five first imports of everything that Airflow imports of ours at start."""
    best = float("inf")
    for _ in range(5):
        purge()
        started = time.perf_counter()
        from onboarding.plugin import OnboardingPlugin  # noqa: F401
        from onboarding.provider_info import get_provider_info

        get_provider_info()
        best = min(best, time.perf_counter() - started)
    return best * 1000


def main(roots: list[str]) -> None:
    from airflow import plugins_manager

    standard = {name: id(sys.modules[name]) for name in sys.stdlib_module_names if name in sys.modules}
    plugins, errors = plugins_manager._get_plugins()
    named = {plugin.name: str(plugin.source) for plugin in plugins}
    files = {
        name: str(Path(module.__file__).resolve())
        for name, module in list(sys.modules.items())
        if getattr(module, "__file__", None)
    }
    ours = {name: file for name, file in files.items() if any(file.startswith(root) for root in roots)}
    result = {
        "plugins": named,
        "errors": errors,
        "replaced": [name for name, identity in standard.items() if id(sys.modules.get(name)) != identity],
        "shadowed": [name for name in ours if name in sys.stdlib_module_names],
        "stray": [name for name in ours if name.split(".")[0] not in OURS],
        "ours": sorted(ours),
        "milliseconds": import_milliseconds(),
    }
    print("RESULT " + json.dumps(result))


if __name__ == "__main__":
    main([str(Path(root).resolve()) + "/" for root in sys.argv[1:]])
