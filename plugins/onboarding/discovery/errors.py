"""Errors of phase 1."""

from __future__ import annotations

from shared.pipeline.errors import DataOnboardingError


class DiscoveryError(DataOnboardingError):
    """What a person gave does not fit the source, or asks for what does not exist yet."""

    code = "discovery"
