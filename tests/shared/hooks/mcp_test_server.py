"""An MCP server for tests: ``python -m tests.shared.hooks.mcp_test_server TRANSPORT PORT [BEHAVIOUR]``.

BEHAVIOUR: ``crash`` (says something to standard error and ends), ``silent`` (never answers).
"""

from __future__ import annotations

import os
import sys
import time

TOOLS = ("zeta_list", "alpha_read")


def main() -> None:
    """Serve until killed."""
    transport, port, behaviour = sys.argv[1], int(sys.argv[2]), (sys.argv[3:] or [""])[0]
    if behaviour == "crash":
        sys.exit(f"no access to the account with {os.environ.get('SERVER_TOKEN')}")
    if behaviour == "silent":
        time.sleep(600)
    from mcp.server.mcpserver import MCPServer

    server: MCPServer = MCPServer("test")
    for name in TOOLS:
        server.tool(name=f"{os.environ.get('TOOL_PREFIX', '')}{name}", description=name)(_answer)
    if transport == "stdio":
        server.run("stdio")
    elif transport == "sse":
        server.run("sse", host="127.0.0.1", port=port)
    else:
        server.run("streamable-http", host="127.0.0.1", port=port)


def _answer() -> str:
    raise AssertionError("a health check calls no tool")


if __name__ == "__main__":
    main()
