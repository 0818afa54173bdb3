"""The emulated AWS as a process of its own: what was written is there after kill -9 and a new start."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from onboarding.local_platform import account_names as names
from onboarding.local_platform import ports, processes
from onboarding.local_platform.account import Account
from onboarding.local_platform.health import aws_answers


class Server:
    """Starts and kills one emulated AWS; its data stay."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = ports.choose([])
        self.url = f"http://127.0.0.1:{self.port}"
        self.component: processes.Component | None = None

    def start(self) -> None:
        command = processes.python_command("-m", "onboarding.local_platform.aws_server")
        command += ["--port", str(self.port), "--data", str(self.root / "aws")]
        self.component = processes.start("aws", command, os.environ, self.root / "aws.log", self.root)
        assert processes.wait_for(lambda: aws_answers(self.url), 60)

    def kill(self) -> None:
        if self.component is not None and self.component.process() is not None:
            process = psutil.Process(self.component.pid)
            process.kill()
            process.wait()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=names.REGION,
            aws_access_key_id=names.FAKE_KEY,
            aws_secret_access_key=names.FAKE_KEY,
            config=Config(proxies={}),
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("aws"))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def restarted(server: Server) -> Server:
    """The account is set up, things are written and deleted, the server is killed and started again."""
    samples = server.root / "samples"
    (samples / "sales").mkdir(parents=True)
    (samples / "sales" / "orders.csv").write_text("order_id\n1\n")
    Account(server.url).ensure(samples)
    _write(server)
    server.kill()
    server.start()
    Account(server.url).ensure(samples)
    return server


def _write(server: Server) -> None:
    s3, glue, tags = (server.client(service) for service in ("s3", "glue", "lakeformation"))
    tags.update_lf_tag(TagKey="PII_Type", TagValuesToDelete=["EMAIL"])
    for key in ("plain", "a/b", "../../escape", "deleted", "deleted-too"):
        s3.put_object(Bucket=names.DAGS_BUCKET, Key=key, Body=key.encode(), ContentType="text/x", Metadata={"k": "v"})
    s3.upload_fileobj(io.BytesIO(b"z" * 9 * 2**20), names.DAGS_BUCKET, "multipart")
    s3.copy_object(Bucket=names.DAGS_BUCKET, Key="copied", CopySource=f"{names.DAGS_BUCKET}/plain")
    s3.delete_object(Bucket=names.DAGS_BUCKET, Key="deleted")
    s3.delete_objects(Bucket=names.DAGS_BUCKET, Delete={"Objects": [{"Key": "deleted-too"}]})
    database = f"{names.DATABASE_PREFIX}gold"
    for name in ("kept", "dropped"):
        glue.create_table(DatabaseName=database, TableInput={"Name": name})
    glue.update_table(DatabaseName=database, TableInput={"Name": "kept", "Parameters": {"score": "0.97"}})
    glue.delete_table(DatabaseName=database, Name="dropped")
    tags.add_lf_tags_to_resource(
        Resource={"Table": {"DatabaseName": database, "Name": "kept"}},
        LFTags=[{"TagKey": "Data_Sensitivity", "TagValues": ["HIGH"]}],
    )


def _keys(server: Server, bucket: str) -> set[str]:
    listed = server.client("s3").list_objects_v2(Bucket=bucket)
    return {item["Key"] for item in listed.get("Contents", [])}


def test_objects_are_there_again(restarted: Server) -> None:
    expected = {"dags/.airflowignore", "plain", "a/b", "../../escape", "multipart", "copied"}
    assert _keys(restarted, names.DAGS_BUCKET) == expected
    answer = restarted.client("s3").get_object(Bucket=names.DAGS_BUCKET, Key="../../escape")
    assert answer["Body"].read() == b"../../escape"
    assert (answer["ContentType"], answer["Metadata"]) == ("text/x", {"k": "v"})


def test_a_multipart_upload_is_whole_and_keeps_its_etag(restarted: Server) -> None:
    answer = restarted.client("s3").get_object(Bucket=names.DAGS_BUCKET, Key="multipart")
    assert len(answer["Body"].read()) == 9 * 2**20
    assert answer["ETag"].strip('"').endswith("-2")


def test_a_conditional_write_still_finds_the_object(restarted: Server) -> None:
    with pytest.raises(ClientError, match="PreconditionFailed"):
        restarted.client("s3").put_object(Bucket=names.DAGS_BUCKET, Key="plain", Body=b"", IfNoneMatch="*")


def test_the_catalog_is_there_again(restarted: Server) -> None:
    glue = restarted.client("glue")
    tables = glue.get_tables(DatabaseName=f"{names.DATABASE_PREFIX}gold")["TableList"]
    assert [(table["Name"], table["Parameters"]["score"]) for table in tables] == [("kept", "0.97")]


def test_tags_are_there_again(restarted: Server) -> None:
    resource = {"Table": {"DatabaseName": f"{names.DATABASE_PREFIX}gold", "Name": "kept"}}
    answer = restarted.client("lakeformation").get_resource_lf_tags(Resource=resource)
    assert [tag["TagValues"] for tag in answer["LFTagsOnTable"]] == [["HIGH"]]


def test_the_account_is_complete(restarted: Server) -> None:
    assert _keys(restarted, names.LANDING_BUCKET) == {"sales/orders.csv"}
    databases = restarted.client("glue").get_databases()["DatabaseList"]
    assert {item["Name"] for item in databases} == {f"{names.DATABASE_PREFIX}{zone}" for zone in names.ZONES}
    tags = restarted.client("lakeformation").list_lf_tags()["LFTags"]
    assert {tag["TagKey"]: set(tag["TagValues"]) for tag in tags} == {
        key: set(values) for key, values in names.LF_TAGS.items()
    }
    assert [role["RoleName"] for role in restarted.client("iam").list_roles()["Roles"]] == [names.ROLE]


def test_every_type_that_the_detectors_report_can_be_tagged() -> None:
    from onboarding.discovery.personal_data import SENSITIVITY

    assert set(SENSITIVITY) <= set(names.LF_TAGS["PII_Type"])
    assert set(SENSITIVITY.values()) <= set(names.LF_TAGS["Data_Sensitivity"])


def test_keys_have_the_same_identity_after_a_restart(restarted: Server) -> None:
    before = _alias_targets(restarted)
    restarted.kill()
    restarted.start()
    Account(restarted.url).ensure(restarted.root / "samples")
    assert _alias_targets(restarted) == before
    assert len(set(before.values())) == len(names.ZONES)


def _alias_targets(server: Server) -> dict[str, str]:
    aliases = server.client("kms").list_aliases()["Aliases"]
    return {item["AliasName"]: item["TargetKeyId"] for item in aliases if "onboarding" in item["AliasName"]}


def test_what_is_published_can_be_read_from_the_queue(restarted: Server) -> None:
    restarted.client("sns").publish(TopicArn=names.TOPIC_ARN, Message="quality gate failed")
    sqs = restarted.client("sqs")
    url = sqs.get_queue_url(QueueName=names.QUEUE)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    assert len(messages) == 1
    assert "quality gate failed" in messages[0]["Body"]


def test_setting_the_account_up_again_changes_nothing(restarted: Server) -> None:
    journal = restarted.root / "aws" / "calls.jsonl"
    before = len(journal.read_text().splitlines())
    Account(restarted.url).ensure(restarted.root / "samples")
    assert len(journal.read_text().splitlines()) <= before + 1
    topics = restarted.client("sns").list_subscriptions_by_topic(TopicArn=names.TOPIC_ARN)["Subscriptions"]
    assert len(topics) == 1
