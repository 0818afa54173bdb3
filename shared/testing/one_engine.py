"""A pytest plugin of the test gate: all connections of a draft's tests are connections to one engine.

Loaded with ``-p shared.testing.one_engine``. The scripts of a pipeline connect once a step, which is right for a task
and would start seventy engines in a gate. Without the plugin the same tests say the same, later.
"""

from __future__ import annotations

from shared.pipeline.engine import share_one_engine

share_one_engine()
