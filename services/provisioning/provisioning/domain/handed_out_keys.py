"""A device's key, which is handed out once, and replaced by another one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from provisioning.domain.products import Product
from provisioning.domain.steps import Outdated, StepRecord

# A second click on the same page: long enough for a slow connection, too short for the next visitor.
_KEY_REPEATABLE_FOR = timedelta(seconds=30)


class HandsOutKey:
    """Who has a key: a grant for its first device, and each further device.

    ``collected_by_visit`` is the visit of the page that collected it, where there was a page.
    """

    product: Product
    outputs: dict[str, Any]
    collected_at: datetime | None
    collected_by_visit: UUID | None

    @property
    def _has_key(self) -> bool:
        raise NotImplementedError

    @property
    def _key_step(self) -> StepRecord:
        raise NotImplementedError

    @property
    def is_collectable(self) -> bool:
        """Whether a key waits to be collected, once, by the partner."""
        return self.collected_at is None and self._has_key

    def hands_out_key(self, at: datetime, visit: UUID | None) -> bool:
        """Whether it hands out its key to this visit.

        Once more, too, for the click that follows the first one from the same visit of the page: the answer
        to the first was thrown away by the browser.
        """
        if self.collected_at is None:
            return self._has_key
        is_same_visit = visit is not None and visit == self.collected_by_visit
        return self._has_key and is_same_visit and at - self.collected_at < _KEY_REPEATABLE_FOR

    def replace_key(self, *, keeps_old: bool = False, revokes: bool = False) -> None:
        """Have the key that was handed out made anew, with its certificate; what was granted stays so.

        Until the new one stands there is nothing to collect. The old one is good until then, with
        ``keeps_old`` until `end_older_keys`; one that ``revokes`` ends before anything else is done.
        """
        self.collected_at = self.collected_by_visit = None
        replaced = self.outputs["certificate_id"]
        # What was revoked before, and could not be deleted yet, is not given back with the rest.
        revokes = revokes or bool(self.older_certificate_ids and self.outputs.get("revokes_older"))
        self.outputs["replaced_certificate_id"] = replaced
        self.outputs["older_certificate_ids"] = [*self.older_certificate_ids, replaced]
        self.outputs["keeps_older"] = keeps_old
        self.outputs["revokes_older"] = revokes
        self._make_key_anew()

    @property
    def older_certificate_ids(self) -> list[str]:
        """Certificates beside the newest one that may still be good."""
        return list(self.outputs.get("older_certificate_ids", ()))

    def end_older_keys(self) -> None:
        """Have only the newest certificate be good. Harmless when it is."""
        self.outputs["keeps_older"] = False
        self._make_key_anew()

    def _make_key_anew(self) -> None:
        self._key_step.make_anew(Outdated.KEY_TO_BE_REPLACED)
