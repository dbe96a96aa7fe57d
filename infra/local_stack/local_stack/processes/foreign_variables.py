"""Variables of a person's shell that lead clients of databases and of AWS away from this stack."""

import os
from collections.abc import MutableMapping

from local_stack.settings import StackSettings

LIBPQ, AWS = "PG", "AWS_"
# The stand-in is in any region.
_KEPT = {"AWS_DEFAULT_REGION"}


def forget_foreign_variables(settings: StackSettings) -> None:
    """Remove what counts for other servers, such as PGSSLMODE or AWS_PROFILE, here and for our children."""
    own = {LIBPQ: settings.postgres_url is None, AWS: settings.aws_endpoint is None}
    forget_variables(os.environ, *(prefix for prefix, is_own in own.items() if is_own))


def forget_variables(environ: MutableMapping[str, str], *prefixes: str) -> None:
    """Remove all that begin so, except for AWS's region."""
    for name in [name for name in environ if name.startswith(prefixes) and name not in _KEPT]:
        del environ[name]
