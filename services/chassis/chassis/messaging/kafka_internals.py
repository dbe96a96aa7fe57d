"""Everything that kafka-python keeps private and we touch all the same: each piece with its reason.

Nothing else reaches into the library; the linter refuses private names in all other files of this folder.
Written against 3.0.12: `tests/integration/chassis/test_kafka_internals.py` notices what an upgrade changes.
"""

import math
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from operator import attrgetter
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer import fetcher
from kafka.errors import KafkaConnectionError, KafkaTimeoutError
from kafka.future import Future
from kafka.net.inet import create_connection
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.record.default_records import DefaultRecordBatch

from chassis.messaging.records import Headers

_BULK_LINGER_MS = 200

Receive = Callable[[], tuple[bytes, Exception | None]]
MendNames = Callable[[bytearray, int], None]

_read_record = DefaultRecordBatch._read_msg
# All that the fetcher sets of a partition that it asks for.
_asked = attrgetter(
    *("partition", "current_leader_epoch", "fetch_offset", "last_fetched_epoch", "partition_max_bytes")
)


class ConnectionManager(KafkaConnectionManager):  # type: ignore[misc]
    """A failed handshake leaves no open socket, and what a broker said before it hung up is read.

    The library does neither, and offers no other way to a connection's transport.
    """

    async def _build_transport(self, node: Any, timeout_at: float | None = None) -> Any:
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


def _data_before_its_end(receive: Receive) -> Receive:
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


@contextmanager
def sending_in_bulk(producer: KafkaProducer) -> Iterator[None]:
    """While many records are handed over, wait for full batches; what is left goes at the end.

    Otherwise the sender's thread is woken for each record, and takes what little there is by then: that
    costs us a third more processor time, and the broker twice as much. ``linger_ms`` of a producer is fixed
    once it is made. For one thread at a time.
    """
    settings, sender = producer._accumulator.config, producer._sender
    settings["linger_ms"] = _BULK_LINGER_MS
    sender.wakeup = lambda: None
    try:
        yield
    finally:
        settings["linger_ms"] = 0
        del sender.wakeup
        sender.wakeup()


def append_record(
    producer: KafkaProducer, topic: str, key: bytes, value: bytes | None, headers: Headers
) -> Future:
    """`KafkaProducer.send` for a record that is known to be well-formed and small enough.

    The library looks at each header's type, counts the record's bytes, and tells its debug log of it,
    which takes as long as to write the record. Raises KafkaError and ValueError.
    """
    partition = producer.config["partitioner"].partition(topic, key, key, value, value, producer._metadata)
    place = TopicPartition(topic, partition)
    future, is_full, is_new, _ = producer._accumulator.append(place, None, key, value, headers)
    if is_full or is_new:
        producer._sender.wakeup()
    return future


def report_outcome(future: Future, success: Callable[[Any], None], failure: Callable[[Any], None]) -> None:
    """`add_callback` and `add_errback` at once: that takes one lock for each record, not two."""
    future._add_cb_eb(success, failure)


def follow_topic(producer: KafkaProducer, topic: str) -> None:
    """Have the next metadata cover the topic; `KafkaProducer.partitions_for` would block for it.

    Raises TypeError and ValueError for what no topic can be called.
    """
    producer._sender.add_topic(topic)


def stop_sending(producer: KafkaProducer) -> None:
    """Send nothing any more, at once and without waiting; `KafkaProducer.close` flushes, and may block."""
    producer._sender.force_close()


def request_rejoin(consumer: KafkaConsumer) -> None:
    """Ask the group for a rebalance at the next poll; there is no public way."""
    consumer._coordinator.request_rejoin()


def next_offset(consumer: KafkaConsumer, partition: TopicPartition) -> int | None:
    """The offset that is read next, None while unknown; `KafkaConsumer.position` would ask the brokers."""
    state = consumer._subscription.assignment.get(partition)
    return None if state is None or state.position is None else state.position.offset


class WaitEnded(Exception):
    """Somebody asked for the end of the wait for records, and there are none."""


class OneWaitPolls:
    """Has a consumer hand over to the library's own thread once for each wait, not three times.

    That is half of what a poll costs. The library asks that thread for the coordinator, which is known, then
    to send fetches, then to wait for them; here it is asked for the first only where there is something to
    do, and for the others together. Besides, a wait can be ended, for which there is no public way.

    So waits may be long. The library ends each when a heartbeat is due, to see whether the last one told of a
    rebalance, and has partitions that come wait for the next: a broker answers a connection's requests one
    after the other. Here a heartbeat ends a wait only where there is something to do, and for such partitions
    we hang up. That is dear, so nothing is asked for before what we hold is read: the library would ask for
    the other partitions then, and have those of which we hold records wait for them.
    """

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._coordinator = consumer._coordinator
        self._fetcher = consumer._fetcher
        self._manager = consumer._manager
        self._look_up_coordinator = self._coordinator.ensure_coordinator_ready
        self._send_heartbeat = self._coordinator._do_heartbeat
        self._create_requests = self._fetcher._create_fetch_requests
        self._asked: dict[Any, Collection[TopicPartition]] = {}
        self._answered = Future()
        self._is_ended = False
        self._is_waiting = False
        self._coordinator.ensure_coordinator_ready = self._ensure_coordinator_ready
        self._coordinator.time_to_next_poll = lambda: math.inf
        self._coordinator._do_heartbeat = self._do_heartbeat
        self._fetcher.fetch_records = self._fetch_records
        self._fetcher._create_fetch_requests = self._create_fetch_requests

    def end_wait(self) -> None:
        """Have the poll that waits for records raise WaitEnded, or else the next one. From any thread."""
        with suppress(RuntimeError):  # it is closed already
            self._manager.call_soon(self._end)

    def _end(self) -> None:
        self._is_ended = True
        self._note_answer()

    def _note_answer(self, _answer: object = None) -> None:
        if not self._answered.is_done:
            self._answered.success(None)

    def _ensure_coordinator_ready(self, timeout_ms: float | None = None) -> bool:
        known = self._coordinator.coordinator_id
        if known is not None and self._coordinator._client.connected(known):
            return True
        return bool(self._look_up_coordinator(timeout_ms))

    def _fetch_records(
        self, max_records: int | None = None, update_offsets: bool = True, timeout_ms: float | None = None
    ) -> tuple[dict[TopicPartition, list[Any]], bool]:
        """The records and, where there are none, whether there is nothing to wait for either.

        Raises WaitEnded; `KafkaConsumer.poll` would go on until its time is over.
        """
        records, _ = self._fetcher.fetched_records(max_records, update_offsets=update_offsets)
        if records:
            if not self._holds_records():
                self._manager.run(self._send)
            return records, False
        is_pending, is_ended = self._manager.run(self._send_and_wait, timeout_ms)
        records, _ = self._fetcher.fetched_records(max_records, update_offsets=update_offsets)
        if is_ended and not records:
            raise WaitEnded
        return records, not is_pending

    async def _do_heartbeat(self) -> None:
        await self._send_heartbeat()
        if self._is_waiting and (self._is_poll_awaited() or self._could_ask_for_more()):
            self._note_answer()

    def _is_poll_awaited(self) -> bool:
        """Whether the next poll would see to the group before it waits."""
        return bool(self._coordinator.coordinator_unknown() or self._coordinator.need_rejoin())

    def _could_ask_for_more(self) -> bool:
        return any(not self._manager.connection_delay(node) for node in self._late())

    def _create_fetch_requests(self) -> dict[Any, Any]:
        requests: dict[Any, Any] = self._create_requests()
        for node, (_, offsets) in requests.items():
            self._asked[node] = offsets.keys()
        return requests

    def _late(self) -> set[Any]:
        """Brokers of partitions that were not asked for yet: they came, or were resumed, or their broker did.

        None stands for a leader that is not known. Only while the caller of `poll` waits for this thread.
        """
        awaited, late = self._fetcher._nodes_with_pending_fetch_requests, set()
        for partition in self._fetcher._fetchable_partitions():
            node = self._fetcher._select_read_replica(partition)
            if node not in awaited or partition not in self._asked.get(node, ()):
                late.add(node)
        return late

    def _hang_up_on_late_answers(self) -> None:
        """Partitions that were not asked for would wait for what their broker was asked before."""
        awaited = self._fetcher._nodes_with_pending_fetch_requests
        for node in self._late() & awaited if awaited else ():
            self._asked[node] = frozenset(self._fetcher._fetchable_partitions())  # once is enough
            self._manager.close(node)

    def _holds_records(self) -> bool:
        return bool(self._fetcher._completed_fetches or self._fetcher._next_partition_records)

    async def _send(self) -> None:
        if self._holds_records():
            return
        self._hang_up_on_late_answers()
        for sent in await self._fetcher._send_fetches_async():
            sent.add_both(self._note_answer)

    async def _send_and_wait(self, timeout_ms: float | None) -> tuple[bool, bool]:
        """Whether there was anything to wait for, and whether the wait was to end.

        Answers come on this very thread, so none slips through.
        """
        await self._send()
        pending = [sent for sent in self._fetcher._fetch_futures if not sent.is_done]
        reset = self._fetcher._reset_task
        if reset is not None and not reset.is_done:
            reset.add_both(self._note_answer)
            pending.append(reset)
        self._answered = Future()
        is_poll_awaited = self._is_ended or self._is_poll_awaited()
        holds_records = self._holds_records()
        if pending and not holds_records and not is_poll_awaited:
            self._is_waiting = True
            try:
                with suppress(KafkaTimeoutError):
                    await self._manager.wait_for(self._answered, timeout_ms)
            finally:
                self._is_waiting = False
        is_ended, self._is_ended = self._is_ended, False
        return bool(pending) or holds_records, is_ended


def compare_partitions_quickly() -> None:
    """Compare what was asked of a partition with what is to be asked by the few fields that may differ.

    Each fetch compares all partitions, and the library each of its fields by way of its schema, also those
    that only replicas set: a quarter of what a fetch costs. For all consumers of this process.
    """
    fetcher._FetchPartition.__eq__ = lambda one, other: _asked(one) == _asked(other)


def mend_unreadable_names(mend: MendNames) -> None:
    """Have ``mend(buffer, start of the record)`` called for header names that are not UTF-8, then read again.

    The library takes the whole batch for corrupt, and fetches it again for ever. For all consumers of this
    process; harmless when repeated.
    """

    def read(batch: Any) -> Any:
        try:
            return _read_record(batch)
        except UnicodeDecodeError:
            mend(batch._buffer, batch._pos)
            return _read_record(batch)

    DefaultRecordBatch._read_msg = read
