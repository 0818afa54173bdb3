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
        "ADMISSION_DATE",
        "BANK_ACCOUNT",
        "BANK_ROUTING",
        "BIRTH_DATE",
        "CARD_EXPIRY",
        "CITY",
        "CREDIT_CARD",
        "CVV",
        "DEVICE_ID",
        "DRIVER_LICENSE",
        "EMAIL",
        "ETHNICITY",
        "FINANCIAL",
        "GENDER",
        "GEOLOCATION",
        "HEALTH",
        "HEALTH_PLAN_ID",
        "IBAN",
        "ICD10",
        "IP_ADDRESS",
        "LOCATION",
        "MAC_ADDRESS",
        "MEDICAL_RECORD",
        "NATIONAL_ID",
        "NONE",
        "NPI",
        "OTHER",
        "PASSPORT",
        "PERSON_NAME",
        "PHONE",
        "POSTAL_CODE",
        "RELIGION",
        "STATE",
        "STREET_ADDRESS",
        "TAX_ID",
        "URL",
        "USERNAME",
        "US_SSN",
    ),
    # What generated workloads say, and the levels that people name besides.
    "Data_Sensitivity": ("RESTRICTED", "INTERNAL", *_LEVELS),
}


def key_alias(zone: str) -> str:
    """Alias of the KMS key of a zone."""
    return f"alias/onboarding-{zone}"
