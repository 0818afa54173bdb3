"""Names of what the local AWS account holds; the settings and the account's set-up share them."""

from __future__ import annotations

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
# The emulated AWS takes any key; this one belongs to nobody.
FAKE_KEY = "onboard-local"

DAGS_BUCKET = "onboarding-dags"
DAGS_PREFIX = "dags"
LANDING_BUCKET = "onboarding-landing"
LAKE_BUCKET = "onboarding-lake"
BUCKETS = (DAGS_BUCKET, LANDING_BUCKET, LAKE_BUCKET)

ZONES = ("bronze", "silver", "gold")
DATABASE_PREFIX = "onboarding_"
ROLE = "onboarding-glue-role"
TOPIC = "onboarding-notifications"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:{TOPIC}"
QUEUE = "onboarding-notifications"

_LEVELS = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "NONE")
LF_TAGS: dict[str, tuple[str, ...]] = {
    "PII_Classification": _LEVELS,
    # What the detectors report (a test keeps the two equal), and what people name besides.
    "PII_Type": (
        "BANK_ACCOUNT",
        "BIRTH_DATE",
        "CREDIT_CARD",
        "DRIVER_LICENSE",
        "EMAIL",
        "FINANCIAL",
        "GENDER",
        "HEALTH",
        "IBAN",
        "IP_ADDRESS",
        "LOCATION",
        "MEDICAL_RECORD",
        "NATIONAL_ID",
        "NONE",
        "OTHER",
        "PASSPORT",
        "PERSON_NAME",
        "PHONE",
        "POSTAL_CODE",
        "STREET_ADDRESS",
        "TAX_ID",
        "US_SSN",
    ),
    "Data_Sensitivity": _LEVELS,
}


def key_alias(zone: str) -> str:
    """Alias of the KMS key of a zone."""
    return f"alias/onboarding-{zone}"
