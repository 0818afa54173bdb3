"""Can a location of ``[onboarding]`` be listed?"""

from __future__ import annotations

from onboarding.workspace.store import Store
from shared.hooks.environment import Look


def look_at_location(uri: str) -> Look:
    """List what lies right below a location; nothing is written."""
    try:
        Store(uri).children()
    except PermissionError as error:
        return Look("NO PERMISSION", f"{type(error).__name__}: {error}"[:300])
    except FileNotFoundError as error:
        return Look("NOT FOUND", f"{type(error).__name__}: {error}"[:300])
    except (OSError, ValueError) as error:
        return Look("NO ANSWER", f"{type(error).__name__}: {error}"[:300])
    return Look("FOUND")
