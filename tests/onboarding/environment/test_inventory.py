"""What an account has: found, not found, and not to be seen, with where and what to do."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from onboarding.environment.inventory import Resource, take_inventory
from onboarding.spec.settings import load_settings
from shared.hooks.environment import AwsAccount

ROLE = "arn:aws:iam::123456789012:role/onboarding-glue-role"


def _post(url: str, data: bytes = b"") -> None:
    request = urllib.request.Request(url, data=data, method="POST", headers={"Content-Type": "text/plain"})
    urllib.request.urlopen(request).close()


@pytest.fixture
def aws(aws_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Clients of an empty account, which the settings of onboarding point at."""
    _post(f"{aws_endpoint}/moto-api/reset")
    for name in ("WORKSPACE", "DAGS", "LAKE", "LANDING"):
        (tmp_path / name.lower()).mkdir()
        monkeypatch.setenv(f"AIRFLOW__ONBOARDING__{name}_URI", (tmp_path / name.lower()).as_uri())
    extra = {"endpoint_url": aws_endpoint, "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    load_settings.cache_clear()
    yield lambda service: boto3.client(
        service, endpoint_url=aws_endpoint, region_name="us-east-1", aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )  # fmt: skip
    load_settings.cache_clear()


def _taken(engine: str = "local") -> dict[str, Resource]:
    load_settings.cache_clear()
    found = take_inventory(load_settings(), AwsAccount("aws_default"), engine=engine)
    return {f"{resource.kind} {resource.where}": resource for resource in found}


def test_an_empty_account_has_nothing_and_each_says_what_to_do(aws: Callable[[str], Any]) -> None:
    found = _taken()
    assert found["Glue database onboarding_silver"].status == "NOT FOUND"
    assert found["KMS key alias/onboarding-gold"].status == "NOT FOUND"
    assert found["LF-tag PII_Type"].status == "NOT FOUND"
    assert found["TBAC grant any grant by LF-tags"].status == "NOT FOUND"
    assert found["SNS topic [onboarding] notification_topic_arn"].status == "NOT SET"
    assert found["MWAA environment [onboarding] mwaa_environment"].status == "NOT SET"
    assert {resource.kind for resource in found.values()} == {
        "folder", "IAM role", "Glue database", "KMS key", "LF-tag", "TBAC grant", "MWAA environment",
        "Athena workgroup", "SNS topic",
    }  # fmt: skip
    for resource in found.values():
        assert resource.found or resource.remedy, resource
    assert not [resource for resource in found.values() if resource.critical and not resource.found]


def test_what_is_there_is_found(aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    aws("glue").create_database(DatabaseInput={"Name": "onboarding_silver"})
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").create_alias(AliasName="alias/onboarding-gold", TargetKeyId=key)
    aws("lakeformation").create_lf_tag(TagKey="PII_Type", TagValues=["NONE"])
    aws("iam").create_role(RoleName="onboarding-glue-role", AssumeRolePolicyDocument="{}")
    topic = aws("sns").create_topic(Name="t")["TopicArn"]
    aws("s3").create_bucket(Bucket="the-lake")
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", topic)
    monkeypatch.setenv("AIRFLOW__ONBOARDING__GLUE_ROLE_ARN", ROLE)
    monkeypatch.setenv("AIRFLOW__ONBOARDING__LAKE_URI", "s3://aws_default@the-lake")
    found = _taken("aws")
    wanted = (
        "Glue database onboarding_silver", "KMS key alias/onboarding-gold", "LF-tag PII_Type", f"IAM role {ROLE}",
        f"SNS topic {topic}", "Athena workgroup primary", "S3 bucket [onboarding] lake_uri = s3://aws_default@the-lake",
    )  # fmt: skip
    assert {name: found[name].status for name in wanted} == dict.fromkeys(wanted, "FOUND")
    assert found["Glue database onboarding_gold"].status == "NOT FOUND"


def test_for_the_engine_aws_the_role_is_critical(aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _taken("aws")["IAM role [onboarding] glue_role_arn"].critical
    monkeypatch.setenv("AIRFLOW__ONBOARDING__GLUE_ROLE_ARN", ROLE)
    role = _taken("aws")[f"IAM role {ROLE}"]
    assert (role.status, role.critical) == ("NOT FOUND", True)
    assert "create the role" in role.remedy


def test_what_may_not_be_seen_is_not_missing(aws: Callable[[str], Any], aws_endpoint: str) -> None:
    user = aws("iam").create_user(UserName="worker")["User"]["UserName"]
    access = aws("iam").create_access_key(UserName=user)["AccessKey"]
    with pytest.MonkeyPatch.context() as patched:
        extra = {"endpoint_url": aws_endpoint, "region_name": "us-east-1"}
        login = {"login": access["AccessKeyId"], "password": access["SecretAccessKey"]}
        patched.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws", **login, "extra": extra}))
        # moto checks no permissions until it is told to.
        _post(f"{aws_endpoint}/moto-api/reset-auth", b"0")
        try:
            found = _taken()
        finally:
            _post(f"{aws_endpoint}/moto-api/reset-auth", b"Infinity")
    database = found["Glue database onboarding_silver"]
    assert database.status == "NO PERMISSION", database
    assert "glue:GetDatabases" in database.remedy


def test_an_account_that_does_not_answer_is_not_missing(
    aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = {"endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert _taken()["LF-tag PII_Type"].status == "NO ANSWER"


def test_a_bucket_that_is_not_there_is_not_found(aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__ONBOARDING__LAKE_URI", "s3://aws_default@no-such-bucket/lake")
    bucket = _taken()["S3 bucket [onboarding] lake_uri = s3://aws_default@no-such-bucket/lake"]
    assert (bucket.status, bucket.critical) == ("NOT FOUND", True)
    aws("s3").create_bucket(Bucket="no-such-bucket")
    assert _taken()["S3 bucket [onboarding] lake_uri = s3://aws_default@no-such-bucket/lake"].status == "FOUND"


def test_a_folder_that_nobody_has_written_to_yet_is_no_fault(aws: Callable[[str], Any], tmp_path: Path) -> None:
    (tmp_path / "lake").rmdir()
    folder = _taken()[f"folder [onboarding] lake_uri = {(tmp_path / 'lake').as_uri()}"]
    assert (folder.status, folder.detail) == ("FOUND", "is made when something is written to it")
