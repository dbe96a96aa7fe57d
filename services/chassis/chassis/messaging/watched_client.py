"""kafka-python's connections, watched: why they fail is remembered, and who refuses us is left alone.

kafka-python 3.0.12 forgets it: a wrong password ends as "Unable to bootstrap" after ten seconds of attempts,
and on a running client as attempts without a pause.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from kafka.errors import AuthorizationError, KafkaConnectionError, KafkaError, KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import create_connection
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

from chassis.messaging.kafka_options import client_options
from chassis.messaging.kafka_refusals import KafkaRefused, missing_right, refusal, who_we_are
from chassis.settings.kafka_address import KafkaAddress

Client = TypeVar("Client")

_Receive = Callable[[], tuple[bytes, Exception | None]]
_PAUSE_SECONDS = 30.0


class _WatchedManager(KafkaConnectionManager):  # type: ignore[misc]
    """Notes why nodes refuse us; the first attempts end with that, and later ones pause."""

    def __init__(self, net: NetworkSelector, **config: Any) -> None:
        super().__init__(net, **config)
        self.last_failure: BaseException | None = None
        self.refusals: dict[Any, KafkaRefused] = {}

    def get_connection(self, node_id: Any, **options: Any) -> Any:
        is_bootstrap = not options.get("pop_on_close", True)
        if self.refusals and is_bootstrap:
            raise next(iter(self.refusals.values()))
        known = self._conns.get(node_id)
        connection = super().get_connection(node_id, **options)
        if connection is not known:
            connection.init_future.add_errback(lambda error: self._note(node_id, error))
            connection.init_future.add_callback(lambda _: self.refusals.pop(node_id, None))
        return connection

    def reset_backoff(self, node_id: Any) -> None:
        """kafka-python does so after each attempt, also after one that ended in a refusal."""
        if node_id not in self.refusals:
            super().reset_backoff(node_id)

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

    async def _build_transport(self, node: Any, timeout_at: float | None = None) -> Any:
        """As kafka-python does it, but a socket whose handshake failed is closed at once."""
        options = self.config["socket_options"]
        sock = await create_connection(self._net, node.host, node.port, options, timeout_at=timeout_at)
        try:
            if self.ssl_enabled:
                context = self.config["ssl_context"]
                transport = KafkaSSLTransport(self._net, sock, host=node.host, ssl_context=context)
            else:
                transport = KafkaTCPTransport(self._net, sock, host=node.host)
            sock = transport._sock
            await transport.handshake()
        except Exception as error:
            sock.close()
            raise KafkaConnectionError(f"Handshake failed: {error}") from error
        transport._sock_recv = _data_before_its_end(transport._sock_recv)
        return transport

    def _note(self, node_id: Any, error: BaseException) -> None:
        self.last_failure = error
        node = self.cluster.broker_metadata(node_id)
        place = f"{node.host}:{node.port}" if node is not None else str(node_id)
        if (refused := refusal(error, self.config, place)) is not None:
            self.refusals[node_id] = refused
            self._backoff[node_id] = (1, time.monotonic() + _PAUSE_SECONDS, 10_000)


def _data_before_its_end(receive: _Receive) -> _Receive:
    """Hand over what came before a hang-up: kafka-python drops it when both come at once.

    That is how a broker ends a failed authentication, and what came is the reason.
    """
    ends: list[Exception] = []

    def received() -> tuple[bytes, Exception | None]:
        if ends:
            return b"", ends.pop()
        data, end = receive()
        if data and end is not None:
            ends.append(end)
            return data, None
        return data, end

    return received


def opened(make: Callable[..., Client], address: KafkaAddress, **options: Any) -> Client:
    """A client of kafka-python's class ``make``; one that cannot be made leaves no thread behind."""
    made: list[KafkaNetClient] = []

    def watched(**config: Any) -> KafkaNetClient:
        net = NetworkSelector(**config)
        made.append(KafkaNetClient(net=net, manager=_WatchedManager(net, **config), **config))
        return made[0]

    try:
        return make(**{**client_options(address), **options}, kafka_client=watched)
    except BaseException:
        for client in made:
            client.close()
        raise


def raise_if_refused(client: Any) -> None:
    """Raise KafkaRefused when a broker refused this producer or consumer since it was made."""
    manager = client._sender._client._manager if hasattr(client, "_sender") else client._manager
    for refused in list(manager.refusals.values()):
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
