"""Serve the emulated AWS on 127.0.0.1.

``python -m onboarding.local_platform.aws_server --port N --data DIR``
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from onboarding.local_platform.aws_server.application import RememberingApplication
from onboarding.local_platform.aws_server.bucket_mirror import BucketMirror
from onboarding.local_platform.aws_server.journal import Journal
from onboarding.local_platform.aws_server.object_files import ObjectFiles
from onboarding.local_platform.ports import LOOPBACK


def build(data: Path) -> RememberingApplication:
    """The application with everything put back that ``data`` remembers."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    started = time.monotonic()
    mirror = BucketMirror(ObjectFiles(data / "s3"))
    dispatcher = DomainDispatcherApplication(create_backend_app)
    application = RememberingApplication(dispatcher, mirror, Journal(data / "calls.jsonl"))
    objects, calls = mirror.restore(), application.replay()
    seconds = time.monotonic() - started
    sys.stderr.write(f"put back {objects} objects and {calls} calls in {seconds:.1f} s\n")
    return application


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()

    class QuietHandler(MotoRequestHandler):  # type: ignore[misc]  # moto is untyped here
        """No line per request."""

        protocol_version = "HTTP/1.1"

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    application = build(options.data)
    server = make_server(LOOPBACK, options.port, application, threaded=True, request_handler=QuietHandler)
    server.serve_forever()


if __name__ == "__main__":
    main()
