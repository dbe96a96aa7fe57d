"""A stand-in of the local stack that also counts its calls.

``python -m tests.benchmarks.counted_stand_in aws|scim PORT FOLDER TOKEN`` serves until SIGTERM, and the
counts by kind of call as JSON at /calls.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from local_stack.stand_ins.serving import serve

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")


class Counted:
    """Counts what comes in, and passes it on."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._calls: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/calls":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(self._calls).encode()]
        self._calls[_kind(environ)] += 1
        return self._application(environ, start_response)


def _kind(environ: dict[str, Any]) -> str:
    """The service of AWS and the name of the operation, as far as headers tell them."""
    scope = _CREDENTIAL_SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    return f"{scope[1] if scope else 'directory'} {operation or environ['REQUEST_METHOD']}"


def main(name: str, port: int, folder: Path, token: str) -> None:
    """Serve until SIGTERM."""
    if name == "aws":
        from local_stack.stand_ins.aws import QuietMotoHandler, create_aws_application  # noqa: PLC0415

        serve(Counted(create_aws_application(folder, print)), "127.0.0.1", port, QuietMotoHandler)
    else:
        from local_stack.stand_ins.scim import create_scim_application  # noqa: PLC0415

        serve(Counted(create_scim_application(folder, token)), "127.0.0.1", port)


if __name__ == "__main__":
    stand_in, own_port, data, bearer = sys.argv[1:]
    main(stand_in, int(own_port), Path(data), bearer)
