"""Adapters whose errors leave them as NotNow or NeverPossible: the one place where they are sorted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from chassis.failures import Failure

T = TypeVar("T")


@contextmanager
def failures_sorted(errors: tuple[type[Exception], ...], sort: Callable[[Any], Failure]) -> Iterator[None]:
    """Turn each of these errors that leaves the block into NotNow or NeverPossible."""
    try:
        yield
    except errors as error:
        raise sort(error) from error


def with_sorted_failures(failures_sorted: Callable[[], AbstractContextManager[None]], adapter: T) -> T:
    """Return the adapter, with every call of it in such a block."""
    return cast("T", _Sorted(failures_sorted, adapter))


class _Sorted:
    def __init__(self, failures_sorted: Callable[[], AbstractContextManager[None]], adapter: object) -> None:
        self._failures_sorted = failures_sorted
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._adapter, name)
        if not callable(found):
            return found

        @wraps(found)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self._failures_sorted():
                return found(*args, **kwargs)

        return call
