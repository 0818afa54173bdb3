"""What an account of the local platform holds, so that two moments can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from onboarding.local_platform import PlatformInfo, account_names

_LISTS = (
    ("lakeformation", "list_lf_tags", "LFTags", "TagKey"),
    ("lakeformation", "list_permissions", "PrincipalResourcePermissions", "Principal"),
    ("iam", "list_roles", "Roles", "Arn"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
)


def account_content(platform: PlatformInfo) -> dict[str, Any]:
    """Name of everything in the account -> what it is: of an object its ETag, of a table its definition."""
    found: dict[str, Any] = {}
    s3, glue = _client(platform, "s3"), _client(platform, "glue")
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            found |= {f"s3://{bucket['Name']}/{item['Key']}": item["ETag"] for item in page.get("Contents", ())}
    for database in glue.get_databases()["DatabaseList"]:
        found[f"glue {database['Name']}"] = database.get("Parameters")
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]:
            found[f"glue {database['Name']}.{table['Name']}"] = table["StorageDescriptor"]
    for job in glue.get_jobs()["Jobs"]:
        found[f"glue job {job['Name']}"] = job
    for service, operation, key, name in _LISTS:
        for item in getattr(_client(platform, service), operation)()[key]:
            # The emulated AWS makes the role anew when it starts again, with another id.
            kept = [part for part in sorted(item) if "Date" not in part and part != "RoleId"]
            found[f"{service} {item[name]}"] = {part: item[part] for part in kept}
    return found


def objects_below(platform: PlatformInfo, prefix: str) -> dict[str, bytes]:
    """Key -> content of the objects of the DAGs bucket below a prefix."""
    s3 = _client(platform, "s3")
    bucket = account_names.DAGS_BUCKET
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def _client(platform: PlatformInfo, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=platform.aws_url,
        region_name=account_names.REGION,
        aws_access_key_id=account_names.FAKE_KEY,
        aws_secret_access_key=account_names.FAKE_KEY,
        config=Config(proxies={}),
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of what was added, removed or changed."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
