"""What the generator cannot do."""

from __future__ import annotations

from shared.pipeline.errors import DataOnboardingError


class CodegenError(DataOnboardingError):
    """A plan asks for something that cannot be rendered; the message names the key of the plan."""

    code = "codegen"
