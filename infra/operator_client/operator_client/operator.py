"""What operators may ask and do, one method per wish; the demo and the command line share it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operator_client.http import OperatorsHttp, Refused, expected

Facts = dict[str, Any]
NOT_HEARD_OF = 404


class Operator:
    """Operators' APIs of all services. May be used by several threads.

    Every method raises `operator_client.http.Refused` and `Unreachable`.
    """

    def __init__(self, http: OperatorsHttp) -> None:
        self.http = http

    def waiting(self, service: str) -> list[Facts]:
        """What waits for an operator in one service: by kind, how much, and since when."""
        found: list[Facts] = self.http.get(service, "/v1/waiting")["waiting"]
        return found

    def partners_page(self, **wanted: Any) -> Facts:
        """A part of `partners`: ``search``, ``state``, ``limit``, ``cursor``."""
        return self.http.page("onboarding", "/v1/partners", "partners", **wanted)

    def reviews_page(self, **wanted: Any) -> Facts:
        """A part of `reviews`: ``limit``, ``cursor``."""
        return self.http.page("onboarding", "/v1/reviews", "partners", **wanted)

    def similar(self, partner_id: str) -> list[Facts]:
        """Partners that look like the same company, by what they have in common."""
        found: list[Facts] = self.http.get("onboarding", f"/v1/partners/{partner_id}/similar")["similar"]
        return found

    def grants_page(self, **wanted: Any) -> Facts:
        """A part of `all_grants`, by the filters of the API, ``limit`` and ``cursor``."""
        return self.http.page("provisioning", "/v1/grants", "grants", **wanted)

    def failed_messages_page(self, **wanted: Any) -> Facts:
        """Mails of all partners that failed: ``limit``, ``cursor``."""
        return self.http.page("notifications", "/v1/failed-messages", "messages", **wanted)

    def partners(self, search: str = "", state: str | None = None) -> Iterator[Facts]:
        """Partners by beginnings of words and state, the newest first."""
        return self.http.pages("onboarding", "/v1/partners", "partners", search=search, state=state)

    def find(self, registration_number: str, name: str) -> Facts | None:
        """The newest partner of that registration number and name, if it ever applied."""
        found = self.partners(registration_number)
        return next((line for line in found if line["legal_name"] == name), None)

    def partner(self, partner_id: str) -> Facts:
        """Everything onboarding knows about one partner."""
        partner = self.http.get("onboarding", f"/v1/partners/{partner_id}")
        return expected(partner, "onboarding", "partner_id", "company", "state", "contact", "products")

    def timeline(self, partner_id: str) -> list[Facts]:
        """All that happened to the partner, the oldest first."""
        return list(self.http.pages("onboarding", f"/v1/partners/{partner_id}/timeline", "entries"))

    def timeline_page(self, partner_id: str, **wanted: Any) -> Facts:
        """A part of `timeline`: ``limit``, ``cursor``."""
        path = f"/v1/partners/{partner_id}/timeline"
        return self.http.page("onboarding", path, "entries", **wanted)

    def reviews(self) -> Iterator[Facts]:
        """Applications that wait for a decision, the longest waiting first."""
        return self.http.pages("onboarding", "/v1/reviews", "partners")

    def approval_limits(self) -> list[Facts]:
        """How much rules may approve without a person, and how much of that is used now."""
        limits: list[Facts] = self.http.get("onboarding", "/v1/approval-limits")["limits"]
        return limits

    def figures(self) -> Facts:
        """The funnel by week, how long stages last, and what fails, as they were counted last."""
        counted = self.http.get("onboarding", "/v1/figures")
        return expected(counted, "onboarding", "counted_at", "weeks", "stages", "failures")

    def approve(self, partner_id: str, tier: str, reason: str, other_than: str | None = None) -> Facts:
        """Take a partner in; ``other_than`` holds the same number and is another company all the same."""
        told = {"tier": tier, "reason": reason}
        return self._move(partner_id, "approval", {**told, "other_than": other_than} if other_than else told)

    def import_application(self, application: Facts, reason: str, *, is_trial: bool = False) -> Facts:
        """Bring an application in, once however often it is sent; a trial changes nothing."""
        body = {"application": application, "reason": reason, "is_trial": is_trial}
        return self.http.post("onboarding", "/v1/application-imports", body)

    def reject(self, partner_id: str, reason: str) -> Facts:
        """Turn a partner down."""
        return self._move(partner_id, "rejection", {"reason": reason})

    def ask_for_correction(self, partner_id: str, fields: list[str], message: str) -> Facts:
        """Hand an application back."""
        return self._move(partner_id, "correction-request", {"fields": fields, "message": message})

    def suspend(self, partner_id: str, reason: str) -> Facts:
        """Switch a partner's access off without destroying it."""
        return self._move(partner_id, "suspension", {"reason": reason})

    def change_tier(self, partner_id: str, tier: str, reason: str) -> Facts:
        """Give a partner another tier; what is due to it follows."""
        return self._move(partner_id, "tier", {"tier": tier, "reason": reason})

    def resume(self, partner_id: str, reason: str) -> Facts:
        """Switch a partner's access on again."""
        return self._move(partner_id, "resumption", {"reason": reason})

    def offboard(self, partner_id: str, reason: str) -> Facts:
        """Let a partner go."""
        return self._move(partner_id, "offboarding", {"reason": reason})

    def remove_person(self, partner_id: str, member_id: str, reason: str) -> Facts:
        """Let one of the partner's people go: their access ends everywhere."""
        return self._move(partner_id, f"members/{member_id}/removal", {"reason": reason})

    def change_contact(self, partner_id: str, member_id: str, reason: str) -> Facts:
        """Have another member speak for the partner."""
        return self._move(partner_id, "contact", {"member_id": member_id, "reason": reason})

    def people(self, partner_id: str, reason: str) -> Facts:
        """The partner's people by their names; the look is kept with its reason."""
        return self.http.post("onboarding", f"/v1/partners/{partner_id}/disclosure", {"reason": reason})

    def publish_states(self, partner_id: str | None, reason: str) -> Facts:
        """Have the present snapshot of one partner sent once more, or that of all."""
        body = {"reason": reason} | ({"partner_id": partner_id} if partner_id else {})
        return self.http.post("onboarding", "/v1/state-publications", body)

    def grants(self, partner_id: str) -> list[Facts]:
        """The partner's grants with identifiers, steps and causes; none before its approval."""
        try:
            answer = self.http.get("provisioning", f"/v1/partners/{partner_id}/grants")
        except Refused as refusal:
            if refusal.status == NOT_HEARD_OF:
                return []
            raise
        found: list[Facts] = answer["grants"]
        return found

    def all_grants(
        self,
        state: str | None = None,
        *,
        only_stuck: bool = False,
        only_to_approve: bool = False,
        ends_within: int | None = None,
    ) -> Iterator[Facts]:
        """Everybody's grants, in the order they were planned."""
        asked = {"stuck": only_stuck, "to_approve": only_to_approve}
        wanted = {name: "true" for name, is_asked in asked.items() if is_asked}
        return self.http.pages(
            "provisioning", "/v1/grants", "grants", state=state, ends_within=ends_within, **wanted
        )

    def grant(self, grant_id: str) -> Facts:
        """One grant with steps and causes."""
        return self.http.get("provisioning", f"/v1/grants/{grant_id}")

    def plan_preview(self, partner_id: str, tier: str | None = None) -> Facts:
        """What today's catalogue would change for the partner, or what another tier would because of it."""
        preview = self.http.get("provisioning", f"/v1/partners/{partner_id}/plan-preview", tier=tier)
        return expected(preview, "provisioning", "preview_id", "catalogue_version", "differences")

    def plan_due(
        self, tier: str, partner_type: str, competences: Sequence[str], wanted: Sequence[str]
    ) -> Facts:
        """What a partner of this profile would get."""
        profile = {"tier": tier, "partner_type": partner_type}
        lists = {"competences": list(competences), "products_wanted": list(wanted)}
        return self.http.get("provisioning", "/v1/catalogue/plan", **profile, **lists)

    def catalogue(self) -> Facts:
        """All entries, in the order of the file."""
        return expected(self.http.get("provisioning", "/v1/catalogue"), "provisioning", "version", "entries")

    def paths_due(self, tier: str, partner_type: str, products: Sequence[str]) -> Facts:
        """What a partner of this profile would be offered to learn with these products."""
        profile = {"tier": tier, "partner_type": partner_type, "products": list(products)}
        return self.http.get("notifications", "/v1/learning-paths/plan", **profile)

    def raise_budget(self, grant_id: str, usd: int, reason: str) -> Facts:
        """Let a grant cost more this month; what was off for that comes back."""
        return self.http.post(
            "provisioning", f"/v1/grants/{grant_id}/budget-raise", {"usd": usd, "reason": reason}
        )

    def spend(self, **wanted: Any) -> Iterator[Facts]:
        """What accounts cost by month: ``month``, ``partner_id``, ``tier``, ``account_id``."""
        return self.http.pages("provisioning", "/v1/spend", "lines", **wanted)

    def spend_page(self, **wanted: Any) -> Facts:
        """A part of `spend`: the same, ``limit``, ``cursor``."""
        return self.http.page("provisioning", "/v1/spend", "lines", **wanted)

    def change_plan(self, partner_id: str, preview_id: str, reason: str) -> Facts:
        """Do what the preview of this id listed."""
        body = {"preview_id": preview_id, "reason": reason}
        return self.http.post("provisioning", f"/v1/partners/{partner_id}/plan-change", body)

    def retry_grant(self, grant_id: str, reason: str) -> Facts:
        """Try the step that failed once more."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/retry", {"reason": reason})

    def repair_grant(self, grant_id: str, reason: str) -> Facts:
        """Look outside now, and make all as it should be."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/repair", {"reason": reason})

    def skip_step(self, grant_id: str, step: str, reason: str) -> Facts:
        """Leave one step as it stands outside."""
        body = {"step": step, "reason": reason}
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/skip", body)

    def force_grant(self, grant_id: str, reason: str) -> Facts:
        """Take everything away, whatever holds it."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/force", {"reason": reason})

    def waive_grant(self, grant_id: str, reason: str) -> Facts:
        """Let the partner go on without this grant."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/waiver", {"reason": reason})

    def approve_grant(self, grant_id: str, reason: str) -> Facts:
        """Have a grant made that waits for approval."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/approval", {"reason": reason})

    def refuse_grant(self, grant_id: str, reason: str) -> Facts:
        """Let the partner go on without a grant that waits for approval."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/refusal", {"reason": reason})

    def extend_lease(self, grant_id: str, days: int, reason: str) -> Facts:
        """Give a grant more days; what its end had switched off comes back."""
        body = {"days": days, "reason": reason}
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/lease-extension", body)

    def end_lease(self, grant_id: str, reason: str) -> Facts:
        """Have the time of a grant end now."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/lease-end", {"reason": reason})

    def freeze_grant(self, grant_id: str, reason: str) -> Facts:
        """Switch one product off until it is reinstated."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/freeze", {"reason": reason})

    def reinstate_grant(self, grant_id: str, reason: str) -> Facts:
        """Lift a freeze of an operator."""
        return self.http.post("provisioning", f"/v1/grants/{grant_id}/reinstatement", {"reason": reason})

    def release_credentials(self, grant_id: str, reason: str) -> Facts:
        """Have key and certificate replaced, for the partner to collect the new ones."""
        path = f"/v1/grants/{grant_id}/credentials-release"
        return self.http.post("provisioning", path, {"reason": reason})

    def messages(self, partner_id: str) -> list[Facts]:
        """The partner's mails with state and cause, the oldest first."""
        path = f"/v1/partners/{partner_id}/messages"
        found: list[Facts] = self.http.get("notifications", path)["messages"]
        return found

    def retry_message(self, message_id: str, reason: str) -> Facts:
        """Try a failed mail again."""
        return self.http.post("notifications", f"/v1/messages/{message_id}/retry", {"reason": reason})

    def invitations(self, partner_id: str) -> list[Facts]:
        """The partner's learning-path invitations, the oldest first."""
        path = f"/v1/partners/{partner_id}/invitations"
        found: list[Facts] = self.http.get("notifications", path)["invitations"]
        return found

    def _move(self, partner_id: str, move: str, body: Mapping[str, Any]) -> Facts:
        return self.http.post("onboarding", f"/v1/partners/{partner_id}/{move}", body)
