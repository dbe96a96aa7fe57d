"""kafka-python's connections, watched: why they fail is remembered, and who refuses us is left alone.

kafka-python 3.0.12 forgets it: a wrong password ends as "Unable to bootstrap" after ten seconds of attempts,
and on a running client as attempts without a pause.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from kafka.errors import AuthorizationError, KafkaError, KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.net.selector import NetworkSelector

from chassis.messaging.kafka_internals import ConnectionManager
from chassis.messaging.kafka_options import client_options
from chassis.messaging.kafka_refusals import KafkaRefused, missing_right, refusal, who_we_are
from chassis.settings.kafka_address import KafkaAddress

Client = TypeVar("Client")

_PAUSE_SECONDS = 30.0


class WatchedManager(ConnectionManager):
    """Notes why nodes refuse us; the first attempts end with that, and later ones pause."""

    def __init__(self, net: NetworkSelector, **config: Any) -> None:
        super().__init__(net, **config)
        self.net = net
        self.last_failure: BaseException | None = None
        self.refusals: dict[Any, KafkaRefused] = {}
        self._ask_again_at: dict[Any, float] = {}
        self._watched: WeakSet[Any] = WeakSet()

    def get_connection(self, node_id: Any, **options: Any) -> Any:
        is_bootstrap = not options.get("pop_on_close", True)
        if self.refusals and is_bootstrap:
            raise next(iter(self.refusals.values()))
        connection = super().get_connection(node_id, **options)
        if connection not in self._watched:
            self._watched.add(connection)
            connection.init_future.add_errback(lambda error: self._note_failure(node_id, error))
            connection.init_future.add_callback(lambda _: self._note_success(node_id))
        return connection

    def connection_delay(self, node_id: Any) -> float:
        """kafka-python forgets its own after each attempt, also after one that ended in a refusal."""
        left = self._ask_again_at.get(node_id, 0.0) - time.monotonic()
        return max(left, float(super().connection_delay(node_id)))

    def bootstrap(self, timeout_ms: float | None = None, refresh: bool = True) -> None:
        try:
            super().bootstrap(timeout_ms, refresh)
        except KafkaTimeoutError as error:
            servers = ",".join(self.config["bootstrap_servers"])
            told = str(self.last_failure or error)
            if "socket disconnected" in told or "UNEXPECTED_EOF" in told:
                protocol = self.config["security_protocol"]
                told += f"; does this listener want another KAFKA_SECURITY_PROTOCOL than {protocol}?"
            raise KafkaTimeoutError(f"no broker answers at {servers}: {told}") from error

    def _note_failure(self, node_id: Any, error: BaseException) -> None:
        self.last_failure = error
        node = self.cluster.broker_metadata(node_id)
        place = f"{node.host}:{node.port}" if node is not None else str(node_id)
        if (refused := refusal(error, self.config, place)) is not None:
            self.refusals[node_id] = refused
            self._ask_again_at[node_id] = time.monotonic() + _PAUSE_SECONDS

    def _note_success(self, node_id: Any) -> None:
        self.refusals.pop(node_id, None)
        self._ask_again_at.pop(node_id, None)


_managers: WeakKeyDictionary[Any, WatchedManager] = WeakKeyDictionary()


def opened(make: Callable[..., Client], address: KafkaAddress, **options: Any) -> Client:
    """A client of kafka-python's class ``make``; one that cannot be made leaves no thread behind."""
    connections: list[KafkaNetClient] = []
    managers: list[WatchedManager] = []

    def watched(**config: Any) -> KafkaNetClient:
        net = NetworkSelector(**config)
        managers.append(WatchedManager(net, **config))
        connections.append(KafkaNetClient(net=net, manager=managers[0], **config))
        return connections[0]

    try:
        client = make(**{**client_options(address), **options}, kafka_client=watched)
    except BaseException:
        for connection in connections:
            connection.close()
        raise
    _managers[client] = managers[0]
    return client


def manager_of(client: Any) -> WatchedManager:
    """The connections of a client that `opened` made, and what they know of the cluster."""
    return _managers[client]


def raise_if_refused(client: Any) -> None:
    """Raise KafkaRefused while a broker refuses this client."""
    for refused in list(manager_of(client).refusals.values()):
        raise refused


def as_refusal(error: KafkaError, address: KafkaAddress) -> KafkaError:
    """A missing right in words; any other error as it is."""
    if isinstance(error, AuthorizationError) and not isinstance(error, KafkaRefused):
        security = address.security
        config = {
            "sasl_plain_username": security.username,
            "sasl_mechanism": security.mechanism,
            "security_protocol": security.protocol,
        }
        return missing_right(error, who_we_are(config))
    return error
