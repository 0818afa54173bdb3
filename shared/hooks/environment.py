"""Read-only questions about an AWS account: what is there, and what could not be seen and why."""

from __future__ import annotations

from typing import Any


def _client(aws_conn_id: str, service: str) -> Any:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

    hook: Any = AwsGenericHook(aws_conn_id=aws_conn_id, client_type=service)
    return hook.conn


def list_glue_databases(aws_conn_id: str) -> tuple[set[str], str]:
    """Names of the Glue databases, and why they could not be listed (empty when they could)."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        pages = _client(aws_conn_id, "glue").get_paginator("get_databases").paginate()
        return {database["Name"] for page in pages for database in page["DatabaseList"]}, ""
    except (BotoCoreError, ClientError) as error:
        return set(), f"{type(error).__name__}: {error}"


def topic_exists(aws_conn_id: str, arn: str) -> tuple[bool, str]:
    """Whether an SNS topic exists, and why that could not be seen (empty when it could)."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        _client(aws_conn_id, "sns").get_topic_attributes(TopicArn=arn)
    except (BotoCoreError, ClientError) as error:
        return False, f"{type(error).__name__}: {error}"
    return True, ""
