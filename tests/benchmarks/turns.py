"""What one side showed, turn by turn."""

from collections.abc import Mapping

from tests.benchmarks.figures import Figure, Side
from tests.benchmarks.progress import say
from tests.benchmarks.report import number


class Turns:
    """Gathers the turns of one side; the first name of a turn is what is compared, the others are details."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: list[Mapping[str, float]] = []

    def add(self, found: Mapping[str, float]) -> None:
        """Keep one turn, and tell it."""
        self._found.append(found)
        say(f"  {self.name}: " + ", ".join(f"{number(value)} {name}" for name, value in found.items()))

    def side(self, memory_mib: Mapping[str, float] | None = None) -> Side:
        """All turns, as one side of a comparison."""
        compared, *details = (
            Figure(name, tuple(found[name] for found in self._found)) for name in self._found[0]
        )
        return Side(name=self.name, figure=compared, details=details, memory_mib=memory_mib or {})
