"""Which part of the stack listens on which port, counted from PORT_BASE."""

from dataclasses import dataclass

# The services every partner needs: every stack with services runs them.
SERVICES = ("onboarding", "provisioning", "notifications")
INTEGRATIONS = "integrations"
EVERY_SERVICE = (*SERVICES, INTEGRATIONS)
PROCESSES = ("web", "relay", "consumer", "worker")
PROCESSES_OF = {**dict.fromkeys(SERVICES, PROCESSES), INTEGRATIONS: (*PROCESSES, "sender")}

# The path of each service at the one public address; the shipped gateway uses the same.
SITE_PATHS = {
    "onboarding": "",
    "provisioning": "/access",
    "notifications": "/notifications",
    INTEGRATIONS: "/integrations",
    "console": "/console",
}

_OFFSETS = {
    "onboarding": 0,
    "provisioning": 1,
    "notifications": 2,
    "aws": 3,
    "scim": 4,
    "smtp": 5,
    "mailbox": 6,
    "postgres": 7,
    "integrations": 37,
    "issuer": 38,
    "console": 39,
    "site": 40,
}
# Clients; the other controllers; clients behind a proxy; each other if secured, otherwise users with
# passwords.
_KAFKA = {"clients": 8, "controllers": 11, "proxied": 14, "internal": 17}
_HEALTH = 20


@dataclass(frozen=True)
class PortPlan:
    """All ports of one stack."""

    base: int

    def of(self, name: str) -> int:
        """The port of a service or a stand-in."""
        return self.base + _OFFSETS[name]

    def kafka(self, listener: str, count: int) -> list[int]:
        """The ports of this many Kafka nodes, by purpose."""
        first = self.base + _KAFKA[listener]
        return list(range(first, first + count))

    def health(self, service: str, process: str) -> int:
        """The port of the health check of a process."""
        place = PROCESSES_OF[service].index(process)
        return self.base + _HEALTH + EVERY_SERVICE.index(service) * len(PROCESSES) + place

    def url(self, name: str) -> str:
        """The address of an HTTP server."""
        return f"http://127.0.0.1:{self.of(name)}"
