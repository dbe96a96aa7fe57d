"""As ReadEvents.java, for Python."""

import json
import sys

from events import events_from_dict, events_to_dict  # type: ignore[import-not-found]

for line in sys.stdin:
    print(json.dumps(events_to_dict(events_from_dict(json.loads(line)))))  # noqa: T201
