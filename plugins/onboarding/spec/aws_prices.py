"""What AWS charges for a pipeline's runs: the price table ``aws_prices.yaml`` as typed data."""

from __future__ import annotations

import functools
from decimal import Decimal
from pathlib import Path

from onboarding.spec.conf import Strict

_TABLE = Path(__file__).with_name("aws_prices.yaml")


class AwsPrices(Strict):
    """US dollars, with where and when they were read.

    :ivar glue_dpu_hour: of a DPU for an hour.
    :ivar athena_terabyte: for 10^12 bytes that statements read.
    """

    source: str
    as_of: str
    glue_dpu_hour: Decimal
    athena_terabyte: Decimal


@functools.cache
def aws_prices() -> AwsPrices:
    """The table that comes with the package."""
    import yaml

    return AwsPrices.model_validate(yaml.safe_load(_TABLE.read_text(encoding="utf-8")))
