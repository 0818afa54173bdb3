"""The engine aws is taken only where its jobs can run."""

from __future__ import annotations

import pytest

from onboarding.discovery.engine_choice import check_aws
from onboarding.discovery.errors import DiscoveryError
from onboarding.spec.parse import parse_conf

CONF = parse_conf({"source.location": "s3://landing/orders/", "deployment.engine": "aws"})
ROLE = "arn:aws:iam::123456789012:role/glue"


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({"dags_uri": "file:///dags", "lake_uri": "s3://lake", "glue_role_arn": ROLE}, "dags_uri = file:///dags"),
        ({"dags_uri": "s3://a@dags", "lake_uri": "s3://a@lake", "glue_role_arn": ""}, "no glue_role_arn"),
    ],
)
def test_the_engine_needs_buckets_and_a_role(options: dict[str, str], given: str) -> None:
    with pytest.raises(DiscoveryError) as caught:
        check_aws(CONF, **options)
    assert caught.value.given == given


def test_the_engine_is_taken_where_it_is_set_up() -> None:
    check_aws(CONF, dags_uri="s3://a@dags", lake_uri="s3://a@lake", glue_role_arn=ROLE)
