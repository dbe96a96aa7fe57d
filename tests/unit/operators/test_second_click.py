"""A second click on an act gets the answer of the first, also while that still runs."""

import httpx
import pytest

from operator_client import http as module
from operator_client.access import Access
from operator_client.http import OperatorsHttp, Refused

IN_PROGRESS = {"code": "request_in_progress", "detail": "It still runs.", "status": 409}


class Service:
    """Says so often that the first request still runs, then gives its answer; notes the keys that came."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.keys: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers["Idempotency-Key"])
        if len(self.keys) <= self.runs:
            return httpx.Response(409, json=IN_PROGRESS)
        return httpx.Response(200, json={"state": "offboarding"})


def client(service: Service, patience_seconds: float, monkeypatch: pytest.MonkeyPatch) -> OperatorsHttp:
    """Time passes only in pauses, however slow the machine is."""
    clock = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    monkeypatch.setattr(module, "sleep", lambda seconds: clock.append(clock.pop() + seconds))
    connections = httpx.Client(transport=httpx.MockTransport(service))
    access = Access({"onboarding": "http://onboarding.example"}, "token")
    return OperatorsHttp(access, connections, patience_seconds=patience_seconds)


def test_what_still_runs_is_waited_for_under_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(runs=3)
    answer = client(service, 30.0, monkeypatch).post("onboarding", "/v1/partners/1/offboarding")
    assert answer == {"state": "offboarding"}
    assert len(service.keys) == 4
    assert len(set(service.keys)) == 1


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(runs=1_000)
    with pytest.raises(Refused, match="still runs"):
        client(service, 1.0, monkeypatch).post("onboarding", "/v1/partners/1/offboarding")
    assert len(set(service.keys)) == 1
