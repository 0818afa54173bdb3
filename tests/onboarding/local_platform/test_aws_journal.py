from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onboarding.local_platform.aws_server import journal as journal_module
from onboarding.local_platform.aws_server.calls import Call
from onboarding.local_platform.aws_server.journal import Journal


def glue(action: str, **arguments: Any) -> Call:
    return Call(
        service="glue",
        region="us-east-1",
        account_id="123456789012",
        method="POST",
        path="/",
        target=f"AWSGlue.{action}",
        content_type="application/x-amz-json-1.1",
        body=json.dumps(arguments),
    )


def lake_formation(action: str, **arguments: Any) -> Call:
    call = glue(action, **arguments)
    return Call(**{**call.__dict__, "service": "lakeformation", "path": f"/{action}", "target": ""})


def table(action: str, name: str, **parameters: str) -> Call:
    return glue(action, DatabaseName="db", TableInput={"Name": name, "Parameters": parameters})


def actions(journal: Journal) -> list[str]:
    return [call.action for call in journal.calls()]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "calls.jsonl")


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        (glue("CreateTable"), True),
        (glue("BatchDeleteTable"), True),
        (glue("GetTable"), False),
        (glue("BatchGetPartition"), False),
        (glue("StartJobRun"), False),
        (lake_formation("AddLFTagsToResource"), True),
        (lake_formation("ListLFTags"), False),
        (Call("sns", "r", "1", "POST", "/", "", "", "Action=Publish&Message=x"), False),
        (Call("sns", "r", "1", "POST", "/", "", "", "Action=CreateTopic&Name=x"), True),
        (Call("secretsmanager", "r", "1", "POST", "/", "secretsmanager.CreateSecret", "", "{}"), False),
    ],
)
def test_only_lasting_changes_of_the_journaled_services_are_kept(call: Call, kept: bool) -> None:
    assert call.is_kept is kept


def test_of_many_updates_the_last_one_counts(journal: Journal) -> None:
    journal.record(table("CreateTable", "t"))
    for score in range(100):
        journal.record(table("UpdateTable", "t", score=str(score)))
    assert actions(journal) == ["CreateTable", "UpdateTable"]
    assert '"99"' in journal.calls()[-1].body


def test_updates_of_two_tables_are_both_kept(journal: Journal) -> None:
    for name in ("a", "b"):
        journal.record(table("UpdateTable", name))
    assert len(journal.calls()) == 2


def test_a_deleted_table_takes_its_partitions_and_tags_with_it(journal: Journal) -> None:
    journal.record(glue("CreateDatabase", DatabaseInput={"Name": "db"}))
    for name in ("gone", "stays"):
        journal.record(table("CreateTable", name))
    journal.record(glue("CreatePartition", DatabaseName="db", TableName="gone", PartitionInput={"Values": ["1"]}))
    tagged = {"Table": {"DatabaseName": "db", "Name": "gone"}}
    journal.record(lake_formation("AddLFTagsToResource", Resource=tagged, LFTags=[]))
    journal.record(glue("DeleteTable", DatabaseName="db", Name="gone"))
    assert [call.scope()[2:] for call in journal.calls()] == [("db",), ("db", "stays")]


def test_a_deleted_database_takes_its_tables_with_it(journal: Journal) -> None:
    journal.record(glue("CreateDatabase", DatabaseInput={"Name": "db"}))
    journal.record(table("CreateTable", "t"))
    journal.record(glue("CreateDatabase", DatabaseInput={"Name": "db2"}))
    journal.record(glue("DeleteDatabase", Name="db"))
    assert [call.scope()[2:] for call in journal.calls()] == [("db2",)]


def test_grant_revoke_grant_ends_granted(journal: Journal) -> None:
    arguments = {"Principal": {"DataLakePrincipalIdentifier": "p"}, "Permissions": ["SELECT"]}
    for action in ("GrantPermissions", "RevokePermissions", "GrantPermissions"):
        journal.record(lake_formation(action, **arguments))
    assert actions(journal) == ["RevokePermissions", "GrantPermissions"]


def test_it_is_read_again_and_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    first = Journal(path)
    first.record(table("CreateTable", "a"))
    first.record(table("CreateTable", "b"))
    path.write_bytes(path.read_bytes()[:-20])
    assert [call.scope()[3] for call in Journal(path).calls()] == ["a"]


def test_the_file_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "SLACK_LINES", 10)
    path = tmp_path / "calls.jsonl"
    journal = Journal(path)
    for score in range(200):
        journal.record(table("UpdateTable", "t", score=str(score)))
    assert len(path.read_text().splitlines()) <= 2 * 1 + 10 + 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_number_of_calls_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MAX_CALLS", 5)
    journal = Journal(tmp_path / "calls.jsonl")
    for number in range(9):
        journal.record(table("CreateTable", str(number)))
    assert [call.scope()[3] for call in journal.calls()] == ["4", "5", "6", "7", "8"]
