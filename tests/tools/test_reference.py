"""The reference pages in docs/ are what the code says."""

from __future__ import annotations

import pytest

from tools.reference import DOCS, pages


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_up_to_date(name: str) -> None:
    """Write it again with: python -m tools.reference."""
    assert (DOCS / name).read_text() == pages()[name]
