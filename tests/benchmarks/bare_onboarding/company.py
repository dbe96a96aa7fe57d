"""One company as the script knows it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass(frozen=True)
class Company:
    """An application, and the names of what is made for it; ``mails_at_end`` is how many say farewell."""

    application: dict[str, Any]
    mails_at_end: int
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def name(self) -> str:
        return f"bare-{self.key[:20]}"

    @property
    def people(self) -> list[dict[str, str]]:
        return [self.application["contact"], *self.application["members"]]

    @property
    def products(self) -> list[str]:
        return list(self.application["products_wanted"])

    @property
    def tags(self) -> list[dict[str, str]]:
        return [{"Key": "bare:partner", "Value": self.key}, {"Key": "bare:grant", "Value": self.name}]
