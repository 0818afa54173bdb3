"""The key of keyed hashes: fetched when it is needed, bound as a parameter, never text of a statement."""

from __future__ import annotations

from collections.abc import Callable

from shared.pipeline import storage
from shared.pipeline.errors import MaskingKeyError

SECRET_NAME = "onboarding/masking_key"
MINIMUM_LENGTH = 16
KeyProvider = Callable[[str], str]


def key_from_secrets_manager(workload: str) -> str:
    """The secret's string, one key for every workload: equal values stay joinable across tables."""
    return str(storage.client("secretsmanager").get_secret_value(SecretId=SECRET_NAME)["SecretString"])


_provider: list[KeyProvider] = [key_from_secrets_manager]


def set_key_provider(provider: KeyProvider | None) -> None:
    """Let ``provider(workload)`` supply the key in this process; ``None`` restores AWS Secrets Manager."""
    _provider[0] = provider or key_from_secrets_manager


def masking_key(workload: str) -> str:
    """The key for the keyed hashes of a workload.

    :raises MaskingKeyError: the key has fewer than 16 characters; the message never holds it.
    """
    key = _provider[0](workload)
    if len(key) < MINIMUM_LENGTH:
        raise MaskingKeyError(
            "The key for keyed hashes is missing or too short.",
            where=f"secret {SECRET_NAME}, or the connection that stands for it",
            expected=f"at least {MINIMUM_LENGTH} characters",
            given=f"{len(key)} characters",
            remedy="Store a random key; keep it for as long as hashes must stay comparable.",
        )
    return key
