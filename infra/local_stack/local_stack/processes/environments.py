"""The environment of every service process: all addresses and settings it needs."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.kafka_cluster.credentials import ADMIN
from local_stack.kafka_cluster.security import SCRAM
from local_stack.keys import Keys
from local_stack.port_plan import INTEGRATIONS, SITE_PATHS, PortPlan
from local_stack.processes.integrator import PERSON, kept_token
from local_stack.revoked_tokens import revoked_tokens_file
from local_stack.settings import AWS_ITSELF, REPOSITORY, StackSettings
from local_stack.stand_ins.issuer.clients import CONSOLE
from local_stack.stand_ins.issuer.people import AUDIENCE, people_of

# The Kafka user that may read every topic of the contracts, and nothing else.
OBSERVER = "gangway-tail"

# The shipped limits would soon refuse somebody who tries things out.
LOCAL_LIMITS = Path(__file__).with_name("local_limits.yaml")
# With the shipped limits, people would have to review most partners of a demo, test or fault run.
APPROVAL_LIMITS = REPOSITORY / "examples" / "approval_limits.yaml"

SITE_LINKS = REPOSITORY / "examples" / "site_links.yaml"

# The variables that make sets are not meant for our processes.
NOT_INHERITED = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKE_TERMOUT", "MAKE_TERMERR", "VIRTUAL_ENV", "KAFKA")


class Environments:
    """Builds environments for one stack.

    Everything else in our own environment is passed on, so that `gangway up` accepts any setting of a
    service.
    """

    def __init__(self, settings: StackSettings, keys: Keys, kafka: Callable[[], KafkaAddress]) -> None:
        self._settings = settings
        self._keys = keys
        self._ports = PortPlan(settings.port_base)
        self._kafka = kafka

    def of(self, service: str, process: str) -> dict[str, str]:
        """The whole environment of one process."""
        special = {
            "onboarding": self._onboarding,
            "provisioning": self._provisioning,
            "notifications": self._notifications,
            INTEGRATIONS: self._integrations,
        }
        # Only this one creates Kafka users.
        rights = self.kafka(ADMIN) if (service, process) == (INTEGRATIONS, "worker") else {}
        return {**self.inherited(), **self._common(service, process), **special[service](), **rights}

    def inherited(self) -> dict[str, str]:
        """What is passed on from our own environment."""
        passed_on = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return {**self._site_links(), **passed_on, "PYTHONUNBUFFERED": "1"}

    def _site_links(self) -> dict[str, str]:
        """They link to the portal, too."""
        is_whole = self._settings.with_site and self._settings.with_integrations
        return {"SITE_LINKS_FILE": str(SITE_LINKS)} if is_whole else {}

    @property
    def ops_token(self) -> str:
        """The operator's token for this stack."""
        return self._keys.ops_token

    def database_password(self, service: str) -> str:
        """Each role has a password of its own."""
        return self._keys.role_password(service)

    def database_url(self, service: str) -> str:
        """The address of a service's own database: one database and one role per service, named after it."""
        return f"postgresql://{service}:{self.database_password(service)}@{self._database_host()}/{service}"

    def scim(self) -> tuple[str, str]:
        """Address and token of the SCIM directory."""
        settings = self._settings
        if settings.scim_url and settings.scim_token:
            return settings.scim_url, settings.scim_token
        return f"{self._ports.url('scim')}/v2", self._keys.scim_token

    def aws(self) -> dict[str, str]:
        """boto3's own variables: those of the stand-in, unless AWS is external."""
        given = self._settings.aws_endpoint
        if given == AWS_ITSELF:
            return {"AWS_ENDPOINT_URL": ""}
        if given is not None:
            return {"AWS_ENDPOINT_URL": given}
        return {
            "AWS_ENDPOINT_URL": self._ports.url("aws"),
            "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-central-1"),
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "",  # personal credentials would end up in the stand-in's journal
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def kafka(self, user: str) -> dict[str, str]:
        """The settings of a Kafka client with this user; for an external Kafka ours are passed on."""
        if self._settings.kafka_servers is not None:
            return {}
        return self._kafka().environment(user)

    def of_topics(self) -> dict[str, str]:
        """The environment of `topics apply`, which only a Kafka administrator may run."""
        return {**self.of("onboarding", "web"), **self.kafka(ADMIN), "KAFKA_READERS": OBSERVER}

    def smtp(self) -> tuple[str, int]:
        """Host and port of the mail server."""
        if self._settings.smtp_host:
            return self._settings.smtp_host, self._settings.smtp_port
        return "127.0.0.1", self._ports.of("smtp")

    def public_url(self, service: str) -> str:
        """The public address of a service."""
        if self._settings.with_site:
            return self._ports.url("site") + SITE_PATHS[service]
        return self._ports.url(service)

    def _common(self, service: str, process: str) -> dict[str, str]:
        return {
            **self.kafka(service),
            "DATABASE_URL": self.database_url(service),
            "PUBLIC_URL": self.public_url(service),
            "BIND": f"127.0.0.1:{self._ports.of(service)}",
            "HEALTH_PORT": str(self._ports.health(service, process)),
            "CONSUMER_INSTANCE": f"{service}-1",
            "SESSION_PUBLIC_KEY": self._keys.session_public,
            "LINK_PUBLIC_KEY": self._keys.link_public,
            "OPS_TOKEN_PUBLIC_KEY": self._keys.ops_public,
            "REVOKED_TOKENS_FILE": str(revoked_tokens_file(self._settings.home)),
            **self._issuer(),
        }

    def of_console(self) -> dict[str, str]:
        """The whole environment of the console's only process."""
        return {
            "OIDC_CLIENT_ID": CONSOLE,
            **self.inherited(),
            **self._issuer(),
            **{f"{service.upper()}_URL": self._ports.url(service) for service in self._settings.services},
            "PUBLIC_URL": self.public_url("console"),
            "BIND": f"127.0.0.1:{self._ports.of('console')}",
            "SESSION_KEYS": self._keys.console_session_key,
            "WEB_WORKERS": os.environ.get("WEB_WORKERS", "1"),
        }

    def _issuer(self) -> dict[str, str]:
        """The provider for operators; for an external provider the settings are passed on."""
        if self._settings.issuer is not None:
            return {}
        return {"OIDC_ISSUER": self._ports.url("issuer"), "OIDC_AUDIENCE": AUDIENCE}

    def _onboarding(self) -> dict[str, str]:
        with_integrations = self._settings.with_integrations
        return {
            "SESSION_PRIVATE_KEY": self._keys.session_private,
            "PROVISIONING_PUBLIC_URL": self.public_url("provisioning"),
            **({"INTEGRATIONS_PUBLIC_URL": self.public_url(INTEGRATIONS)} if with_integrations else {}),
            "NOTIFICATIONS_PUBLIC_URL": self.public_url("notifications"),
            "LIMITS_FILE": os.environ.get("LIMITS_FILE", str(LOCAL_LIMITS)),
            "SUPPORT_CONTACT": os.environ.get("SUPPORT_CONTACT", "partners@gangway.example"),
            "APPROVAL_LIMITS_FILE": os.environ.get("APPROVAL_LIMITS_FILE", str(APPROVAL_LIMITS)),
        }

    def _provisioning(self) -> dict[str, str]:
        url, token = self.scim()
        onboarding = self.public_url("onboarding")
        return {
            **self.aws(),
            "SCIM_URL": url,
            "SCIM_TOKEN": token,
            "ONBOARDING_PUBLIC_URL": onboarding,
            # The first look makes moto load EC2, RDS and SageMaker: 150 MB that few need here.
            "SPEND_LOOK_EVERY_MINUTES": os.environ.get("SPEND_LOOK_EVERY_MINUTES", "0"),
        }

    def _notifications(self) -> dict[str, str]:
        host, port = self.smtp()
        return {
            **self.aws(),
            "LINK_PRIVATE_KEY": self._keys.link_private,
            "ONBOARDING_PUBLIC_URL": self.public_url("onboarding"),
            "INTEGRATIONS_PUBLIC_URL": self.public_url(INTEGRATIONS),
            "MAIL_TRANSPORT": self._settings.mail_transport,
            "SMTP_HOST": host,
            "SMTP_PORT": str(port),
            "MAIL_GATHERING_SECONDS": os.environ.get("MAIL_GATHERING_SECONDS", "2"),  # nobody waits here
            "MAIL_FROM": os.environ.get("MAIL_FROM", "Gangway <partners@gangway.example>"),
        }

    def _integrations(self) -> dict[str, str]:
        """People who try out webhooks receive them on their own machine, without a certificate."""
        return {
            # The portal has its own sign-in: partners' sessions are not valid there.
            "SESSION_PRIVATE_KEY": self._keys.portal_session_private,
            "SESSION_PUBLIC_KEY": self._keys.portal_session_public,
            # Except on the page where partners give consent, which accepts only theirs.
            "PARTNER_SESSION_PUBLIC_KEY": self._keys.session_public,
            "ONBOARDING_PUBLIC_URL": self.public_url("onboarding"),
            "WEBHOOK_SECRET_KEYS": self._keys.webhook_secret_key,
            "SENDER_INSTANCE": f"{INTEGRATIONS}-1",
            "WEBHOOK_OPENED_RANGES": os.environ.get("WEBHOOK_OPENED_RANGES", "127.0.0.0/8,::1/128"),
            "WEBHOOK_SCHEMES": os.environ.get("WEBHOOK_SCHEMES", "https,http"),
            "WEB_WORKERS": os.environ.get("WEB_WORKERS", "1"),
            **self._kafka_users(),
        }

    def _kafka_users(self) -> dict[str, str]:
        """The address for integrators' Kafka users; without it none are offered."""
        if self._settings.kafka_servers is not None:
            return {}
        kafka = self._kafka()
        if kafka.mode == SCRAM:
            return {"KAFKA_USERS_SERVERS": kafka.bootstrap_servers, "KAFKA_USERS_PROTOCOL": "SASL_SSL"}
        return {"KAFKA_USERS_SERVERS": kafka.users_servers, "KAFKA_USERS_PROTOCOL": "SASL_PLAINTEXT"}

    def _database_host(self) -> str:
        if self._settings.postgres_url is None:
            return f"127.0.0.1:{self._ports.of('postgres')}"
        parts = urlsplit(self._settings.postgres_url)
        return f"{quote(parts.hostname or '', safe='[]:')}:{parts.port or 5432}"

    def addresses(self) -> dict[str, Any]:
        """The addresses that scripts and tests need, by name."""
        host, port = self.smtp()
        url, token = self.scim()
        found: dict[str, Any] = {
            **{service: self.public_url(service) for service in self._settings.services},
            "kafka": self._kafka().bootstrap_servers,
            "kafka_kind": self._kafka().kind,
            # Settings that can read all topics and change nothing.
            "kafka_reader": json.dumps(self.kafka(OBSERVER)),
            "aws": self.aws()["AWS_ENDPOINT_URL"],
            "scim": url,
            "smtp": f"{host}:{port}",
            **{f"{service}_database": self.database_url(service) for service in self._settings.services},
            "ops_token": self._keys.ops_token,
            "scim_token": token,
            "issuer": self._settings.issuer or self._ports.url("issuer"),
        }
        if self._settings.issuer is None:
            people = people_of(self._keys.issuer_secret).values()
            found["sign_in"] = {one.role: {"user": one.name, "password": one.password} for one in people}
        if self._settings.with_site:
            found["site"] = self._ports.url("site")
        if self._settings.with_console:
            found["console"] = self.public_url("console")
        if (integrator := kept_token(self._settings.home)) is not None:
            found["integrator_token"] = integrator
            found["portal"] = f"{self.public_url(INTEGRATIONS)}/sign-in"
            found["portal_person"] = PERSON["email"]
        return found | ({"mailbox": self._ports.url("mailbox")} if self._settings.uses_mail_sink else {})
