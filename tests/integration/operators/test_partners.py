"""Finding and moving partners from the command line."""

import pytest
from tests.integration.operators.conftest import CommandLine, Services, ops_token

NAME = "Müller & Söhne GmbH 🚀"
BECAUSE = ("--reason", "Newcomers.")


def company(name: str, number: str) -> dict[str, str]:
    domain = f"{number.lower().replace(' ', '')}.example"
    return {
        "legal_name": name,
        "registration_number": number,
        "country": "DE",
        "website": f"https://{domain}",
    }


def another(services: Services, name: str, number: str) -> str:
    contact = {
        "given_name": "Bo",
        "family_name": "Li",
        "email": f"bo@{number.lower().replace(' ', '')}.example",
    }
    return services.onboarding.applied(company=company(name, number), contact=contact, members=[])


def test_a_partner_is_found_by_words_by_state_and_by_page(gangway: CommandLine, services: Services) -> None:
    first = services.onboarding.applied()
    second = another(services, "Zweite AG", "HRB 2")
    assert [line["partner_id"] for line in gangway.tells("partners", "list")] == [second, first]
    assert [line["partner_id"] for line in gangway.tells("partners", "list", "--search", "muller")] == [first]
    assert gangway.says("partners", "list", "--state", "active") == "none\n"
    text = gangway.says("partners", "list")
    assert f"{second}  Zweite AG" in text
    assert not {"│", "━", "\x1b"} & set(text)


def test_more_than_a_screenful_is_said_and_shown_with_all(
    gangway: CommandLine, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {another(services, f"Nummer {number}", f"HRB {number}") for number in range(4)}
    monkeypatch.setattr("operator_cli.listing.SHOWN_AT_MOST", 2)
    monkeypatch.setattr("operator_client.http.LONGEST_PAGE", 3)
    short = gangway("partners", "list", "--json")
    assert "Only the first 2 are shown" in short.stderr
    assert len(gangway.tells("partners", "list")) == 2
    assert {line["partner_id"] for line in gangway.tells("partners", "list", "--all")} == ids


def test_people_are_hidden_unless_asked_for(gangway: CommandLine, services: Services) -> None:
    partner_id = services.onboarding.applied()
    for arguments in (("partners", "show", partner_id), ("partners", "show", partner_id, "--json")):
        hidden = gangway.says(*arguments)
        assert NAME in hidden
        assert "Neill" not in hidden
        assert "jana@" not in hidden
        assert "Ünal" not in hidden
    look = ("partners", "show", partner_id, "--include-personal")
    assert gangway(*look).exit_code == 2
    assert "Jana O'Neill <jana@mueller-soehne.example>" in gangway.says(*look, "--reason", "She called.")
    [entry] = gangway.tells("audit", "list")
    assert (entry["action"], entry["target"], entry["reason"]) == ("see people", partner_id, "She called.")


def test_the_page_gathers_all_three_services(gangway: CommandLine, services: Services) -> None:
    partner_id = services.onboarding.applied()
    services.notifications.partner_id = partner_id
    services.notifications.tell("partner.email_verification_requested")
    page = gangway.tells("partners", "show", partner_id)
    assert page["partner"]["state"] == "applied"
    assert [message["kind"] for message in page["messages"]] == ["verify_email"]
    assert (page["grants"], page["invitations"], page["unanswered"]) == ([], [], [])


def test_a_service_that_is_away_is_named_on_the_page(gangway: CommandLine, services: Services) -> None:
    partner_id = services.onboarding.applied()
    result = gangway("partners", "show", partner_id, "--provisioning-url", "http://127.0.0.1:9")
    assert result.exit_code == 0
    assert "provisioning cannot be reached at http://127.0.0.1:9" in result.stdout


def test_the_beginning_of_an_id_is_enough_when_it_is_clear(gangway: CommandLine, services: Services) -> None:
    first, second = services.onboarding.applied(), another(services, "Zweite AG", "HRB 2")
    assert gangway.tells("partners", "show", first[:30])["partner"]["partner_id"] == first
    assert gangway.tells("partners", "show", "zweite")["partner"]["partner_id"] == second
    unclear = gangway.fails("partners", "show", first[:7])
    assert first in unclear
    assert second in unclear
    assert "give the whole id" in unclear


def test_what_acts_wants_the_whole_name(gangway: CommandLine, services: Services) -> None:
    partner_id, _ = services.onboarding.in_review()
    assert "No partner is called exactly 'Müller'" in gangway.fails(
        "reviews", "reject", "Müller", "--reason", "No."
    )
    assert services.onboarding.state(partner_id) == "in_review"
    gangway.says("reviews", "reject", NAME.upper(), "--reason", "No.")
    assert services.onboarding.state(partner_id) == "rejected"


def test_no_letters_mean_nobody(gangway: CommandLine, services: Services) -> None:
    services.onboarding.in_review()
    assert "Name a partner" in gangway.fails("reviews", "reject", "***", "--reason", "No.")


def test_the_review_queue_is_worked_off(gangway: CommandLine, services: Services) -> None:
    partner_id, _ = services.onboarding.in_review()
    [line] = gangway.tells("reviews", "list")
    assert line["partner_id"] == partner_id
    assert line["findings"][0]["message"] in gangway.says("reviews", "list")
    asked = gangway.says(
        "reviews", "ask", partner_id, "--field", "website", "--field", "members", "--message", "Typo?"
    )
    assert asked == f"{partner_id} is action_required now.\n"
    assert services.onboarding.last("partner.action_required")["fields"] == ["website", "members"]
    assert gangway.says("reviews", "list") == "No applications to review.\n"


def test_an_approval_names_the_operator_of_the_token(gangway: CommandLine, services: Services) -> None:
    partner_id, _ = services.onboarding.in_review()
    told = gangway.tells("reviews", "approve", partner_id, "--tier", "select", "--reason", "Known well.")
    assert told == {"partner_id": partner_id, "state": "approved"}
    event = services.onboarding.last("partner.approved")
    assert (event["tier"], event["reason"]) == ("select", "Known well.")
    assert event["decided_by"] == {"kind": "operator", "name": "amara"}
    assert "Known well. (operator amara" in gangway.says("partners", "show", partner_id)
    assert "amara" in str(gangway.tells("partners", "timeline", partner_id))
    changed = gangway.says("partners", "change-tier", partner_id, "--tier", "premier", "--reason", "Grew.")
    assert changed == f"{partner_id} has the tier premier now. What is due to it follows.\n"


def test_a_refused_move_is_one_sentence_with_both_states(gangway: CommandLine, services: Services) -> None:
    partner_id = services.onboarding.applied()
    for move in ("suspend", "resume", "offboard"):
        sentence = gangway.fails("partners", move, partner_id, "--reason", "Because.")
        assert sentence.startswith("Error: onboarding: A partner that is applied cannot")


def test_every_wrong_value_is_named(gangway: CommandLine, services: Services) -> None:
    partner_id, _ = services.onboarding.in_review()
    sentence = gangway.fails("reviews", "approve", partner_id, "--tier", "gold", "--reason", "")
    assert "/reason Length" in sentence
    assert "/tier Must be one of: registered, select, premier." in sentence
    assert "Must be one of: applied" in gangway.fails("partners", "list", "--state", "nope")


def test_a_viewer_sees_but_may_not_act(gangway: CommandLine, services: Services) -> None:
    partner_id, _ = services.onboarding.in_review()
    viewer = CommandLine({**gangway.environ, "GANGWAY_OPS_TOKEN": ops_token("viewer")})
    assert viewer.tells("partners", "show", partner_id)["partner"]["state"] == "in_review"
    assert "lacks the role" in viewer.fails("reviews", "reject", partner_id, "--reason", "No.")
    assert services.onboarding.state(partner_id) == "in_review"


def test_pictures_are_sent_anew(gangway: CommandLine, services: Services) -> None:
    first = services.onboarding.applied()
    second = another(services, "Zweite AG", "HRB 2")
    assert gangway.tells("partners", "publish-states", "Zweite AG", *BECAUSE) == {"partners": 1}
    assert [len(services.onboarding.states(partner_id)) for partner_id in (first, second)] == [1, 2]
    assert "Snapshots that will be sent: 2." in gangway.says("partners", "publish-states", *BECAUSE)
    actions = gangway.tells("audit", "list", "--service", "onboarding")
    assert [action["target"] for action in actions] == ["all partners", second]


@pytest.mark.usefixtures("standing_clock")
def test_how_much_rules_may_still_approve(gangway: CommandLine, services: Services) -> None:
    services.onboarding.screened()
    lines = {(line["limit"], line["rule"]): line for line in gangway.tells("reviews", "limits")}
    assert (lines["approvals_per_day", None]["used"], lines["approvals_per_day", None]["most"]) == (1, 20)
    assert lines["approvals_per_rule_and_day", "industry-near-us"]["used"] == 1
    shown = gangway.says("reviews", "limits")
    assert "resets at" in shown
    assert "cost_per_month" in shown
