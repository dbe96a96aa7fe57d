"""One look at an account, after which its machines are stopped if they are to be."""

import logging
from datetime import datetime

from provisioning.domain.prices import Seen
from provisioning.handlers.money_ports import AccountWatcher
from provisioning.handlers.sorted_answers import Answer, asked

_log = logging.getLogger(__name__)


def looked_at(
    watcher: AccountWatcher, account_id: str, used_since: datetime, used_until: datetime, *, stops: bool
) -> Answer[Seen]:
    """The next look shows what was stopped, and the costs of what was not. Blocks."""

    def stop() -> bool:
        watcher.stop(account_id)
        return True

    seen = asked(lambda: watcher.look(account_id, used_since, used_until))
    if stops and seen.found is not None and any(one.is_machine for one in seen.found.running):
        stopped = asked(stop)
        if stopped.cause is not None:
            _log.warning("machines go on", extra={"account": account_id, "code": stopped.cause.code})
    return seen
