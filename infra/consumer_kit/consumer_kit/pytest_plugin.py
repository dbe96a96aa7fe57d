"""For pytest: a test that takes `gangway_case` runs once for each case.

def test_our_receiver(gangway_case, our_server):
    gangway_case.expect_right(our_server.url, secret="whsec_…", probe=our_server.probe_url)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consumer_kit.cases import Case

FIXTURE = "gangway_case"


class GangwayCase:
    """One case, ready to be tried."""

    def __init__(self, case: "Case") -> None:
        self._case = case

    def expect_right(
        self, url: str, *, secret: str, body: str = "structured", probe: str | None = None
    ) -> None:
        """Try it on the receiver there. Raises AssertionError with what was wrong, and why it matters."""
        from consumer_kit.trial import Receiver, on_trial  # noqa: PLC0415 - as below
        from consumer_kit.webhooks import BodyKind, Secret  # noqa: PLC0415

        receiver = Receiver(url=url, secret=Secret.read(secret), body=BodyKind(body), probe=probe)
        with on_trial(receiver) as trial:
            outcome = self._case.tried_on(trial)
        if outcome.wrong:
            raise AssertionError("\n- ".join([f"{self._case.title}. {self._case.why}", *outcome.wrong]))


def pytest_generate_tests(metafunc: Any) -> None:
    """Run those that ask for it with every case."""
    if FIXTURE in metafunc.fixturenames:
        # Other runs of pytest, which load every plugin that is installed, do not wait for this.
        from consumer_kit.cases import CASES  # noqa: PLC0415

        cases = [GangwayCase(case) for case in CASES]
        metafunc.parametrize(FIXTURE, cases, ids=[case.name for case in CASES])
