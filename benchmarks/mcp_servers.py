"""``python -m benchmarks.mcp_servers``: phase 0's look at thirteen MCP servers, two of which never answer.

Each is a real server that talks over its standard streams. No time is judged here: what counts is that all of it takes
about as long as the slowest few, and not as long as all of them after each other.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from onboarding.environment.mcp_config import SERVERS
from shared.hooks.mcp_servers import ServerAddress, check_servers

ROOT = Path(__file__).resolve().parents[1]
MODULE = "tests.shared.hooks.mcp_test_server"


def address(name: str, *, silent: bool) -> ServerAddress:
    """A server that answers, or one that never does."""
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = ['stdio', '0', "
    code += f"{'silent' if silent else ''!r}]; runpy.run_module({MODULE!r}, run_name='__main__')"
    return ServerAddress(name, "stdio", command=sys.executable, args=("-c", code))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mcp_servers", description=__doc__)
    parser.add_argument("--silent", type=int, default=2, help="servers that never answer")
    parser.add_argument("--deadline", type=float, default=20.0, help="seconds for each")
    given = parser.parse_args()
    servers = [address(name, silent=number < given.silent) for number, name in enumerate(SERVERS)]
    started = time.perf_counter()
    found = check_servers(servers, deadline_seconds=given.deadline)
    wall = time.perf_counter() - started
    connected = [one for one in found if one.status == "connected"]
    print(f"{len(connected)} of {len(found)} servers connected, {os.cpu_count()} at a time")
    print(f"all of them      {wall:6.1f} s")
    print(f"the slowest      {max(one.seconds for one in found):6.1f} s")
    print(f"after each other {sum(one.seconds for one in found):6.1f} s")
    return 0 if len(connected) == len(found) - given.silent else 1


if __name__ == "__main__":
    sys.exit(main())
