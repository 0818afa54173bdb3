"""What Claude costs: the price table ``claude_prices.yaml`` as typed data, and the cost of one answer."""

from __future__ import annotations

import functools
from decimal import Decimal
from pathlib import Path

from pydantic import Field

from onboarding.spec.conf import Strict
from shared.hooks.claude import Usage

_MILLION = Decimal(1_000_000)
_TABLE = Path(__file__).with_name("claude_prices.yaml")
#: Costs are kept to a ten-thousandth of a cent.
_SMALLEST = Decimal("0.000001")


class Prices(Strict):
    """US dollars per million tokens, one price for each kind of token."""

    input: Decimal
    output: Decimal
    cache_write: Decimal
    cache_read: Decimal


class LongPromptPrices(Prices):
    """Prices of a whole call whose prompt has more than ``above_tokens`` tokens."""

    above_tokens: int


class ModelPrices(Prices):
    """Prices of one model."""

    long_prompt: LongPromptPrices | None = None

    def cost_usd(self, usage: Usage) -> Decimal:
        """Cost of one answer: each kind of token times its price, by the prices for the length of its prompt."""
        prompt = usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens
        long = self.long_prompt is not None and prompt > self.long_prompt.above_tokens
        prices: Prices = self.long_prompt if long and self.long_prompt else self
        cost = (
            usage.input_tokens * prices.input
            + usage.output_tokens * prices.output
            + usage.cache_write_tokens * prices.cache_write
            + usage.cache_read_tokens * prices.cache_read
        )
        return (cost / _MILLION).quantize(_SMALLEST)


class PriceTable(Strict):
    """The table with where and when it was read."""

    source: str
    as_of: str
    models: dict[str, ModelPrices] = Field(default_factory=dict)

    def cost_usd(self, model: str, usage: Usage) -> Decimal | None:
        """Cost of one answer; None for a model whose price is not known (all of Bedrock's, which differ by region)."""
        prices = self.models.get(model)
        return None if prices is None else prices.cost_usd(usage)


@functools.cache
def price_table() -> PriceTable:
    """The table that comes with the package."""
    import yaml

    return PriceTable.model_validate(yaml.safe_load(_TABLE.read_text(encoding="utf-8")))
