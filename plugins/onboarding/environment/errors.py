"""Errors of the look at the environment."""

from __future__ import annotations

from shared.pipeline.errors import DataOnboardingError


class McpConfigError(DataOnboardingError):
    """A file that says where MCP servers are cannot be understood."""

    code = "mcp_config"


class EnvironmentNotReadyError(DataOnboardingError):
    """Something is missing that nothing runs without; the text is how to set it up."""

    code = "environment"
