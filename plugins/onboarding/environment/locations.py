"""Can a location of ``[onboarding]`` be listed?"""

from __future__ import annotations

import os
from pathlib import Path

from shared.hooks.environment import Look

NOT_MADE_YET = "is made when something is written to it"


def look_at_location(uri: str) -> Look:
    """List a location, as far as to see whether that is possible; nothing is written."""
    from airflow.sdk import ObjectStoragePath

    try:
        path = ObjectStoragePath(uri)
        if path.protocol == "file":
            return _look_at_folder(Path(path.path))
        bucket, _, key = path.path.partition("/")
        path.fs.call_s3("list_objects_v2", Bucket=bucket, Prefix=key, MaxKeys=1)
    except PermissionError as error:
        return Look("NO PERMISSION", f"{type(error).__name__}: {error}"[:300])
    except FileNotFoundError as error:
        return Look("NOT FOUND", f"{type(error).__name__}: {error}"[:300])
    except (OSError, ValueError) as error:
        return Look("NO ANSWER", f"{type(error).__name__}: {error}"[:300])
    return Look("FOUND")


def _look_at_folder(folder: Path) -> Look:
    if not folder.exists():
        return Look("FOUND", NOT_MADE_YET)
    if not folder.is_dir():
        return Look("NOT FOUND", f"{folder} is no folder")
    return Look("FOUND") if os.access(folder, os.R_OK | os.X_OK) else Look("NO PERMISSION", f"{folder} cannot be read")
