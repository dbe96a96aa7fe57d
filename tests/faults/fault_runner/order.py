"""What a run does to its stack: handed to the stack's supervisor, and by it to every process of a service."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

VARIABLE = "GANGWAY_FAULTS"


@dataclass(frozen=True, kw_only=True)
class FaultsOrder:
    """``proxies`` are the ports of our TCP proxies by target, ``targets`` those to which they lead.

    ``failpoints`` are chances to be killed there, at all services or, after its name and a slash, at one.
    ``sabotage`` names for a service the protection that its
    processes run without, to try the checker.
    """

    seed: str
    evidence: Path
    proxies: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, int] = field(default_factory=dict)
    failpoints: str = ""
    sabotage: Mapping[str, str] = field(default_factory=dict)

    @property
    def calm(self) -> Path:
        """Where this file is, nobody is killed at failpoints any more."""
        return self.evidence.with_name("calm")

    def failpoints_of(self, service: str) -> str:
        """The setting FAILPOINTS of a service's processes."""
        parts = (part.rpartition("/") for part in self.failpoints.split(","))
        return ",".join(order for owner, _, order in parts if owner in ("", service))

    def to_environment(self) -> dict[str, str]:
        """As one environment variable."""
        return {VARIABLE: json.dumps(asdict(self), default=str)}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "FaultsOrder":
        """Read it back; raises KeyError where there is none."""
        values = json.loads(environ[VARIABLE])
        return cls(**{**values, "evidence": Path(values["evidence"])})
