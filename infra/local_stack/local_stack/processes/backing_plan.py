"""The processes that the services depend on: database, event log, and the stand-ins for the outside."""

import signal
import sys
from collections.abc import Callable, Iterator

from local_stack.kafka_cluster.apache import ApacheKafka
from local_stack.kafka_cluster.choice import AnyCluster
from local_stack.kafka_cluster.node import ApacheNode
from local_stack.keys import Keys
from local_stack.machine.probes import Probe, answers_on, http_ok, in_thread
from local_stack.port_plan import PortPlan
from local_stack.postgres import LocalPostgres
from local_stack.processes.environments import Environments
from local_stack.processes.process_spec import ProcessSpec
from local_stack.settings import StackSettings


class BackingPlan:
    """Describes those of them that the settings do not make external."""

    def __init__(self, settings: StackSettings, keys: Keys, environments: Environments) -> None:
        self._settings = settings
        self._keys = keys
        self._environments = environments
        self._ports = PortPlan(settings.port_base)

    def specs(self, kafka: AnyCluster | None, on_new_address: Callable[[], None]) -> Iterator[ProcessSpec]:
        """All of them; `on_new_address` is called when Kafka has started."""
        if self._settings.postgres_url is None:
            yield self._postgres()
        if isinstance(kafka, ApacheKafka):
            yield from (self._apache_node(kafka, node) for node in kafka.nodes)
        elif kafka is not None:
            yield ProcessSpec(
                name="kafka",
                prepare=kafka.prepare,
                command=kafka.command,
                is_ready=in_thread(lambda: kafka.address() is not None),
                once_ready=on_new_address,
                moves=True,
            )
        yield from self._stand_ins()

    def _postgres(self) -> ProcessSpec:
        settings, port = self._settings, self._ports.of("postgres")
        server = LocalPostgres(settings.folder("postgres"), port, self._keys.database_password)

        def ensure_databases() -> None:
            for service in settings.services:
                server.ensure_database(service, service, self._environments.database_password(service))

        return ProcessSpec(
            name="postgres",
            prepare=server.prepare,
            command=server.command,
            environment=self._environments.inherited,
            is_ready=in_thread(server.is_ready),
            once_ready=ensure_databases,
            ports=(port,),
            stop_signal=signal.SIGINT,
            runner=server.runner,
        )

    def _apache_node(self, kafka: ApacheKafka, node: ApacheNode) -> ProcessSpec:
        voter = node.voter
        internal = tuple(port for port in (kafka.security and voter.internal_port, node.users_port) if port)
        return ProcessSpec(
            name=f"kafka-{voter.node_id}",
            prepare=node.prepare,
            command=node.command,
            environment=self._environments.inherited,
            is_ready=in_thread(lambda: kafka.is_answering(node)),
            once_ready=lambda: kafka.make_users(node),
            ports=(voter.broker_port, voter.controller_port, *internal),
            patience_seconds=20.0,
        )

    def _stand_ins(self) -> Iterator[ProcessSpec]:
        settings, ports = self._settings, self._ports
        if settings.aws_endpoint is None:
            url = f"{ports.url('aws')}/moto-api/data.json"
            yield self._stand_in("aws", ["--port", str(ports.of("aws"))], http_ok(url), ports.of("aws"))
        if settings.scim_url is None:
            yield self._stand_in(
                "scim", ["--port", str(ports.of("scim"))], answers_on(ports.of("scim")), ports.of("scim")
            )
        if settings.issuer is None and settings.with_services:
            url = f"{ports.url('issuer')}/jwks"
            console = self._environments.public_url("console")
            arguments = ["--port", str(ports.of("issuer")), "--console-url", console]
            yield self._stand_in("issuer", arguments, http_ok(url), ports.of("issuer"))
        if settings.uses_mail_sink:
            smtp, http = ports.of("smtp"), ports.of("mailbox")
            arguments = ["--smtp-port", str(smtp), "--http-port", str(http)]
            yield self._stand_in("mail", arguments, answers_on(smtp, http), smtp, http)

    def _stand_in(self, name: str, arguments: list[str], is_ready: Probe, *ports: int) -> ProcessSpec:
        folder = self._settings.folder(name)
        command = [sys.executable, "-m", "local_stack.stand_ins", name, *arguments, "--data", str(folder)]
        return ProcessSpec(
            name=name,
            command=lambda: command,
            environment=lambda: {
                **self._environments.inherited(),
                "SCIM_TOKEN": self._keys.scim_token,
                "ISSUER_SECRET": self._keys.issuer_secret,
            },
            is_ready=is_ready,
            ports=ports,
        )
