"""Errors about the conf that a person sent."""

from __future__ import annotations

from shared.pipeline.errors import DataOnboardingError


class ConfError(DataOnboardingError):
    """The conf has an unknown key, a wrong type, or a value that cannot be used."""

    code = "conf"


class CredentialsInConfError(ConfError):
    """The conf carries a credential; conf is visible in the Airflow UI."""

    code = "conf_credentials"
