"""Logs as one JSON object a line (or as text for people), on standard error.

    log = structlog.stdlib.get_logger(__name__)
    log.info("mail sent", kind="welcome")           # an event's name, then facts; ids, no personal data
    with structlog.contextvars.bound_contextvars(event_id=event.id): ...

Every line has service, process, level, time and, where there is one, the trace id. What still comes as
an address, a token or a key, in whatever encoding, is taken out at the end.
"""

import logging
import sys
import threading
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from chassis.redaction import redacted_deeply
from chassis.telemetry import traces
from chassis.telemetry.rate_limited import RateLimited

# At lower levels they log whole requests, which may hold personal data, or a line for each request.
_WARNINGS_ONLY = (
    "authlib",
    "boto3",
    "botocore",
    "httpcore",
    "httpx",
    "kafka",
    "s3transfer",
    "sqlalchemy",
    "urllib3",
    "werkzeug",
)


def configure_logging(*, service: str, process: str, level: str = "INFO", form: str = "json") -> None:
    """Send everything, also what libraries log, through one handler; replaces earlier handlers."""

    def add_origin(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"], event["process"] = service, process
        if trace_id := traces.trace_id():
            event.setdefault("trace_id", trace_id)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_origin,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    _quieten_libraries(level)
    sys.excepthook = _log_last_words
    threading.excepthook = _log_last_words_of_thread


def _quieten_libraries(level: str) -> None:
    for name in _WARNINGS_ONLY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # It logs each connection attempt with a traceback; the caller logs the outcome.
    logging.getLogger("kafka.net").setLevel(logging.CRITICAL)
    # A pool that cannot connect logs it several times a second.
    pool = logging.getLogger("psycopg.pool")
    if not pool.filters:
        pool.addFilter(RateLimited(most=2, period_seconds=60))


def _rendering(form: str) -> list[Processor]:
    if form == "text":
        plain = structlog.dev.plain_traceback
        return [
            structlog.processors.format_exc_info,
            _redact,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain),
        ]
    # Local variables of a traceback hold tokens and personal data.
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
    return [
        structlog.processors.ExceptionRenderer(tracebacks),
        _redact,
        structlog.processors.JSONRenderer(default=str),
    ]


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    redacted: EventDict = redacted_deeply(event)
    return redacted


def _log_last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Uncaught exceptions go through the same handler, redacted, instead of being printed raw."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("uncaught").critical("ended by an error", exc_info=(kind, error, trace))


def _log_last_words_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        _log_last_words(ended.exc_type, ended.exc_value, ended.exc_traceback)
