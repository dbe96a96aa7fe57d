"""A fixture for tests that configure logging as a process does: afterwards all is as it was before."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Later tests would log to the captured stream of this one, which is closed by then."""
    root, pool = logging.getLogger(), logging.getLogger("psycopg.pool")
    handlers, level, filters = list(root.handlers), root.level, list(pool.filters)
    named = [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    levels = [(logger, logger.level) for logger in named]
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers, pool.filters = handlers, filters
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.setLevel(logging.NOTSET)
    for logger, before in [(root, level), *levels]:
        logger.setLevel(before)
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
