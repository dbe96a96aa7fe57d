"""Which part of the stack listens on which port, counted from PORT_BASE."""

from dataclasses import dataclass

# Those that carry a partner through its life: every stack with services runs them.
SERVICES = ("onboarding", "provisioning", "notifications")
INTEGRATIONS = "integrations"
EVERY_SERVICE = (*SERVICES, INTEGRATIONS)
PROCESSES = ("web", "relay", "consumer", "worker")
PROCESSES_OF = {**dict.fromkeys(SERVICES, PROCESSES), INTEGRATIONS: (*PROCESSES, "sender")}

# Where each service lives on the one address that people open; the gateway that is shipped leads alike.
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
_BROKERS = 8
_CONTROLLERS = 11
_PROXIED_BROKERS = 14
_INTERNAL_BROKERS = 17
_HEALTH = 20


@dataclass(frozen=True)
class PortPlan:
    """All ports of one stack."""

    base: int

    def of(self, name: str) -> int:
        """The port of a service or a stand-in."""
        return self.base + _OFFSETS[name]

    def brokers(self, count: int) -> list[int]:
        """The ports on which Kafka's clients are served."""
        return [self.base + _BROKERS + number for number in range(count)]

    def controllers(self, count: int) -> list[int]:
        """The ports on which Kafka's nodes agree with each other."""
        return [self.base + _CONTROLLERS + number for number in range(count)]

    def proxied_brokers(self, count: int) -> list[int]:
        """The ports on which Kafka's nodes serve what a proxy carries to them."""
        return [self.base + _PROXIED_BROKERS + number for number in range(count)]

    def internal_brokers(self, count: int) -> list[int]:
        """The ports on which Kafka's secured nodes serve each other, and others users with passwords."""
        return [self.base + _INTERNAL_BROKERS + number for number in range(count)]

    def health(self, service: str, process: str) -> int:
        """The port that tells whether a process of a service is well."""
        place = PROCESSES_OF[service].index(process)
        return self.base + _HEALTH + EVERY_SERVICE.index(service) * len(PROCESSES) + place

    def url(self, name: str) -> str:
        """The address of something that speaks HTTP."""
        return f"http://127.0.0.1:{self.of(name)}"
