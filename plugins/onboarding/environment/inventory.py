"""The resources that onboarding and its pipelines use: which are there, where was looked, and what to do."""

from __future__ import annotations

from typing import Literal

from onboarding.environment.locations import look_at_location
from onboarding.spec.conf import Strict
from onboarding.spec.settings import Settings
from shared.hooks.environment import AwsAccount, Look, Status

LOCATIONS = ("workspace_uri", "dags_uri", "lake_uri", "landing_uri")
ZONES = ("bronze", "silver", "gold")
LF_TAGS = ("PII_Classification", "PII_Type", "Data_Sensitivity")


class Resource(Strict):
    """One resource.

    :ivar where: what was looked for, and where.
    :ivar critical: nothing runs without it.
    :ivar remedy: what makes it available; empty when it was found.
    """

    kind: str
    where: str
    status: Status | Literal["NOT SET"]
    detail: str = ""
    critical: bool = False
    remedy: str = ""

    @property
    def found(self) -> bool:
        """Whether it is there."""
        return self.status == "FOUND"


def take_inventory(settings: Settings, account: AwsAccount, *, engine: str) -> list[Resource]:
    """Look at every resource; nothing is created.

    :param engine: ``aws`` makes the role of the jobs critical; pipelines make their Glue databases themselves.
    """
    found = [_location(name, str(getattr(settings, name))) for name in LOCATIONS]
    found.append(_role(settings, account, critical=engine == "aws"))
    listed = (
        (
            "Glue database", account.glue_databases([settings.glue_database(zone) for zone in ZONES]),
            "glue:GetDatabases", "the first run of a pipeline makes it",
        ),
        (
            "KMS key", account.key_aliases([f"alias/onboarding-{zone}" for zone in ZONES]), "kms:ListAliases",
            "the buckets' own encryption is used; for a key of the zone: aws kms create-key and create-alias",
        ),
        (
            "LF-tag", account.lf_tags(LF_TAGS), "lakeformation:ListLFTags",
            "aws lakeformation create-lf-tag; the tags of each column stand in the workload's config in any case",
        ),
    )  # fmt: skip
    for kind, looks, permission, remedy in listed:
        found += [
            _resource(kind, name, look, critical=False, remedy=remedy, permission=permission)
            for name, look in looks.items()
        ]
    found.append(
        _resource(
            "TBAC grant", "any grant by LF-tags", account.tag_grants(), critical=False,
            remedy="aws lakeformation grant-permissions --resource LFTagPolicy=...", permission="lakeformation:"
            "ListPermissions",
        )
    )  # fmt: skip
    found.append(_mwaa(settings, account))
    found.append(
        _resource(
            "Athena workgroup", settings.athena_workgroup, account.workgroup(settings.athena_workgroup), critical=False,
            remedy="aws athena create-work-group", permission="athena:GetWorkGroup",
        )
    )  # fmt: skip
    found.append(_topic(settings, account))
    return found


def _location(option: str, uri: str) -> Resource:
    look = look_at_location(uri)
    kind = "S3 bucket" if uri.startswith("s3://") else "folder"
    return _resource(
        kind, f"[onboarding] {option} = {uri}", look, critical=True,
        remedy="create it or correct the option; `onboard up` sets all of them locally", permission="s3:ListBucket",
    )  # fmt: skip


def _role(settings: Settings, account: AwsAccount, *, critical: bool) -> Resource:
    arn = settings.glue_role_arn
    if not arn:
        return _not_set("IAM role", "glue_role_arn", "pipelines of engine aws", critical=critical)
    remedy = "create the role that Glue runs the jobs with (docs/engines.md), or correct [onboarding] glue_role_arn"
    return _resource("IAM role", arn, account.role(arn), critical=critical, remedy=remedy, permission="iam:GetRole")


def _mwaa(settings: Settings, account: AwsAccount) -> Resource:
    name = settings.mwaa_environment
    if not name:
        return _not_set("MWAA environment", "mwaa_environment", "onboarding on Amazon MWAA")
    return _resource(
        "MWAA environment", name, account.mwaa(name), critical=False,
        remedy="correct [onboarding] mwaa_environment", permission="airflow:GetEnvironment",
    )  # fmt: skip


def _topic(settings: Settings, account: AwsAccount) -> Resource:
    arn = settings.notification_topic_arn
    if not arn:
        return _not_set("SNS topic", "notification_topic_arn", "alerts and messages about what waits")
    return _resource(
        "SNS topic", arn, account.topic(arn), critical=False,
        remedy="create it or correct [onboarding] notification_topic_arn", permission="sns:GetTopicAttributes",
    )  # fmt: skip


def _not_set(kind: str, option: str, purpose: str, *, critical: bool = False) -> Resource:
    return Resource(
        kind=kind, where=f"[onboarding] {option}", status="NOT SET", critical=critical,
        detail=f"only needed for {purpose}", remedy=f"set [onboarding] {option}",
    )  # fmt: skip


def _resource(kind: str, where: str, look: Look, *, critical: bool, remedy: str, permission: str) -> Resource:
    if look.status == "FOUND":
        return Resource(kind=kind, where=where, status="FOUND", detail=look.detail, critical=critical)
    if look.status == "NO PERMISSION":
        remedy = f"grant the worker's role {permission}: whether it is there cannot be seen without"
    return Resource(kind=kind, where=where, status=look.status, detail=look.detail, critical=critical, remedy=remedy)
