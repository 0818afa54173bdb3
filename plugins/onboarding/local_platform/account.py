"""The account of a small team in the emulated AWS: made once, completed at every start, never reset."""

from __future__ import annotations

import contextlib
import hashlib
import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from onboarding.local_platform import account_names as names

# Keeps everything but the DAG files away from the dag processor; it also makes the prefix exist, which the
# DAG bundle insists on.
AIRFLOWIGNORE = "# Only workloads/<name>/<name>_dag.py are DAG files.\nworkloads/*/*/\n"
# Seeds of moto's random ids while a zone's key is made.
_KEY_SEEDS = {zone: 1000 + index for index, zone in enumerate(names.ZONES)}


class Account:
    """Sets up the account through its public API.

    :param aws_url: endpoint of the emulated AWS.
    """

    def __init__(self, aws_url: str) -> None:
        self._url = aws_url
        self._session: Any = None

    def ensure(self, sample_data: Path) -> None:
        """Create whatever is missing.

        :param sample_data: folder whose content is copied to the landing bucket; it may be empty or absent.
        """
        for step in self._steps(sample_data):
            step()

    def _steps(self, sample_data: Path) -> Iterator[Callable[[], object]]:
        yield self._buckets
        yield self._databases
        yield self._keys
        yield self._lf_tags
        yield self._role
        yield self._topic
        yield lambda: self._samples(sample_data)

    def _client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        if self._session is None:
            self._session = boto3.session.Session(
                aws_access_key_id=names.FAKE_KEY,
                aws_secret_access_key=names.FAKE_KEY,
                region_name=names.REGION,
            )
        config = Config(proxies={}, retries={"max_attempts": 3}, read_timeout=60)
        return self._session.client(service, endpoint_url=self._url, config=config)

    def _buckets(self) -> None:
        s3 = self._client("s3")
        existing = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        for bucket in names.BUCKETS:
            if bucket not in existing:
                s3.create_bucket(Bucket=bucket)
        key = f"{names.DAGS_PREFIX}/.airflowignore"
        if _etag(s3, names.DAGS_BUCKET, key) is None:
            s3.put_object(Bucket=names.DAGS_BUCKET, Key=key, Body=AIRFLOWIGNORE.encode())

    def _databases(self) -> None:
        glue = self._client("glue")
        existing = {database["Name"] for database in glue.get_databases()["DatabaseList"]}
        for zone in names.ZONES:
            name = f"{names.DATABASE_PREFIX}{zone}"
            if name not in existing:
                location = f"s3://{names.LAKE_BUCKET}/{zone}/"
                glue.create_database(DatabaseInput={"Name": name, "LocationUri": location})

    def _keys(self) -> None:
        kms = self._client("kms")
        existing = {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}
        for zone in names.ZONES:
            if names.key_alias(zone) not in existing:
                with self._fixed_ids(zone):  # the key's ARN is the same after a restart
                    key = kms.create_key(Description=f"onboarding, {zone} zone")["KeyMetadata"]
                kms.create_alias(AliasName=names.key_alias(zone), TargetKeyId=key["KeyId"])

    @contextlib.contextmanager
    def _fixed_ids(self, zone: str) -> Iterator[None]:
        import secrets

        self._seed(_KEY_SEEDS[zone])
        try:
            yield
        finally:
            self._seed(secrets.randbits(60))

    def _seed(self, value: int) -> None:
        request = urllib.request.Request(f"{self._url}/moto-api/seed?a={value}", method="POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(request, timeout=10).close()

    def _lf_tags(self) -> None:
        lakeformation = self._client("lakeformation")
        existing = {tag["TagKey"]: set(tag["TagValues"]) for tag in lakeformation.list_lf_tags()["LFTags"]}
        for key, values in names.LF_TAGS.items():
            missing = [value for value in values if value not in existing.get(key, ())]
            if key not in existing:
                lakeformation.create_lf_tag(TagKey=key, TagValues=missing)
            elif missing:
                lakeformation.update_lf_tag(TagKey=key, TagValuesToAdd=missing)

    def _role(self) -> None:
        iam = self._client("iam")
        if names.ROLE in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
            return
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "glue.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=names.ROLE, AssumeRolePolicyDocument=policy)

    def _topic(self) -> None:
        """The topic, and a queue that shows what was published to it."""
        sns, sqs = self._client("sns"), self._client("sqs")
        topic = sns.create_topic(Name=names.TOPIC)["TopicArn"]
        url = sqs.create_queue(QueueName=names.QUEUE)["QueueUrl"]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        subscribed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if queue not in {subscription["Endpoint"] for subscription in subscribed}:
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)

    def _samples(self, folder: Path) -> None:
        s3 = self._client("s3")
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if not path.is_file() or path.suffix == ".py" or "__pycache__" in path.parts:
                continue
            key, body = path.relative_to(folder).as_posix(), path.read_bytes()
            if _etag(s3, names.LANDING_BUCKET, key) != hashlib.md5(body, usedforsecurity=False).hexdigest():
                s3.put_object(Bucket=names.LANDING_BUCKET, Key=key, Body=body)


def _etag(s3: Any, bucket: str, key: str) -> str | None:
    """ETag of an object, or None when there is none."""
    found = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents") or []
    return str(found[0]["ETag"]).strip('"') if found and found[0]["Key"] == key else None
