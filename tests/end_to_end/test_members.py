"""People whom a contact names: only who says yes gets anything, and late is not too late."""

from tests.end_to_end.partners import Partner, Vendor, new_application
from tests.end_to_end.waiting import wait_for

READY = "Your access is ready"


def test_only_who_says_yes_gets_anything(vendor: Vendor) -> None:
    application = new_application("crm")
    [first] = application["members"]
    domain = first["email"].partition("@")[2]
    late, declined, silent = (
        {**first, "given_name": name, "email": f"{name.lower()}@{domain}"} for name in ("Late", "Decl", "Sil")
    )
    application["members"] = [late, declined, silent]
    answer = vendor.post("onboarding", "/v1/applications", application)
    partner = Partner(vendor, application, answer.json()["partner_id"])
    partner.sign_in()
    partner.await_state("approved")
    agreement = vendor.get("onboarding", "/v1/agreements/current").json()
    partner.act("agreement-acceptance", agreement_version=agreement["agreement_version"])
    partner.answer(declined["email"], is_right=False)
    partner.await_state("active")
    assert vendor.outside.missing("crm", identifiers(partner), [partner.email]) == []

    partner.answer(late["email"])
    wait_for("the mail that access is ready", lambda: subjects(vendor, late["email"]), lambda s: READY in s)
    assert vendor.outside.missing("crm", identifiers(partner), [partner.email, late["email"]]) == []
    assert len(subjects(vendor, late["email"])) == 2
    for person in (declined, silent):
        assert [words[:18] for words in subjects(vendor, person["email"])] == ["Are you part of Co"]
        [missing] = vendor.outside.missing("crm", identifiers(partner), [person["email"]])
        assert person["email"] in missing
    seen = partner.see()
    assert {member["email"]: member["standing"] for member in seen["members"]} == {
        late["email"]: "confirmed",
        silent["email"]: "asked",
    }
    assert seen["declined_count"] == 1
    assert sorted(vendor.mailbox.count_to(email) for email in (partner.email, late["email"])) == [2, 3]


def identifiers(partner: Partner) -> dict[str, str]:
    found: dict[str, str] = partner.grants()["crm"]["identifiers"]
    return found


def subjects(vendor: Vendor, email: str) -> list[str]:
    return [mail.subject for mail in vendor.mailbox.mails_to(email)]
