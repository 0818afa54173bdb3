"""Keys and passwords of the platform: made at the first start, kept, readable by their owner only."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping

from onboarding.local_platform.files import read_json, write_json
from onboarding.local_platform.info import Home

# Role per user, in the words of Airflow's SimpleAuthManager. `user` may trigger DAGs, answer Required Actions
# and mark tasks; it is the least that lets a person work, and it is not Admin.
PEOPLE = {"admin": "admin", "requester": "user", "reviewer": "user", "viewer": "viewer"}
# Tasks read import errors and the audit log, and put notes on runs, as this user. The note needs the role `user`;
# an approval that this user gave is refused by the gate's decision, so no task approves its own work.
SERVICE_USER = "onboarding-service"
ROLES = {**PEOPLE, SERVICE_USER: "user"}


def ensure(home: Home) -> None:
    """Create what is missing; nothing that exists changes."""
    kept = read_json(home.secrets_file) or {}
    fresh = {
        "fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "jwt_secret": secrets.token_urlsafe(48),
        "api_secret_key": secrets.token_urlsafe(32),
        # Kept for the life of the home: with another key, hashes of the same value would no longer join.
        "masking_key": secrets.token_urlsafe(32),
    }
    write_json(home.secrets_file, {**fresh, **kept})
    passwords = read_json(home.passwords_file) or {}
    write_json(home.passwords_file, {**{name: secrets.token_urlsafe(12) for name in ROLES}, **passwords})


def airflow_keys(home: Home) -> Mapping[str, str]:
    """``fernet_key``, ``jwt_secret``, ``api_secret_key`` and ``masking_key``."""
    keys: Mapping[str, str] = read_json(home.secrets_file) or {}
    return keys


def passwords(home: Home) -> dict[str, str]:
    """Password per user, the service user included."""
    return dict(read_json(home.passwords_file) or {})


def people(home: Home) -> dict[str, str]:
    """Password of each person's user."""
    known = passwords(home)
    return {name: known[name] for name in PEOPLE if name in known}
