"""Clients that sign with the credentials of the account that the thread visits.

Creating a client costs a hundred times as much as a call, so it is not done for each account. The credentials
are chosen for each call, in the thread that makes it; outside a visit there are none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import boto3
import botocore.session
from botocore.credentials import CredentialProvider, Credentials, ReadOnlyCredentials

_credentials: ContextVar[ReadOnlyCredentials] = ContextVar("credentials of the visited account")


class _OfVisited(Credentials):
    def __init__(self) -> None:
        super().__init__("visit", "visit")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _credentials.get()


class _Visitors(CredentialProvider):
    METHOD = "visit"

    def load(self) -> Credentials:
        return _OfVisited()


def visitors_session(region: str | None = None) -> boto3.Session:
    """A session for clients that are used during visits."""
    session = botocore.session.get_session()
    session.get_component("credential_provider").insert_before("env", _Visitors())
    return boto3.Session(botocore_session=session, region_name=region)


@contextmanager
def visiting(credentials: ReadOnlyCredentials) -> Iterator[None]:
    """Sign the calls of this thread with these credentials within the block."""
    token = _credentials.set(credentials)
    try:
        yield
    finally:
        _credentials.reset(token)
