"""boto3's clients, each made once."""

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

_session = boto3.Session()
_lock = threading.Lock()
# As many connections as there are partners at a time; boto3's own default is 10.
_config = Config(max_pool_connections=100)


@cache
def client(service: str) -> Any:
    return new_client(service)


def new_client(service: str, **credentials: str) -> Any:
    """A client of its own; boto3's session may not be shared, its clients may."""
    with _lock:
        return _session.client(service, config=_config, **credentials)  # type: ignore[call-overload]


def is_there(read: Any, **what: Any) -> bool:
    """Whether a call finds what it asks for."""
    try:
        read(**what)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise
        return False
    return True
