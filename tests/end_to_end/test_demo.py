"""`gangway demo`: the shipped partners reach their outcomes, again at once, and what is wrong is named."""

import json
from pathlib import Path
from typing import Any

from tests.end_to_end.partners import REVIEWED_BY_PEOPLE, Vendor, new_application
from tests.end_to_end.stacks import LocalStack

from local_stack.demo.partners import read_partners
from local_stack.settings import REPOSITORY

CONFIG = REPOSITORY / "examples" / "partners.json"


def written(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "partners.json"
    path.write_text(json.dumps(entries))
    return path


def test_the_shipped_partners_reach_their_outcomes_also_when_run_again(
    local_stack: LocalStack, vendor: Vendor
) -> None:
    first = local_stack.gangway("demo")
    assert first.returncode == 0, first.stdout + first.stderr
    partners = [
        vendor.operator.find(candidate.application["company"]["registration_number"], candidate.name)
        for candidate in read_partners(CONFIG)
    ]
    for candidate, partner in zip(read_partners(CONFIG), partners, strict=True):
        assert partner is not None, candidate.name
        assert partner["state"] == candidate.outcome, candidate.name
    again = local_stack.gangway("demo")
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.count("earlier") == len(partners)


def test_an_outcome_that_is_not_reached_is_named(local_stack: LocalStack, tmp_path: Path) -> None:
    fine = new_application("crm")
    waits_for_a_person = new_application("crm", country=REVIEWED_BY_PEOPLE)
    path = written(tmp_path, {"application": fine}, {"application": waits_for_a_person, "outcome": "active"})
    ended = local_stack.gangway("demo", "--partners", str(path))
    assert ended.returncode == 1, ended.stdout + ended.stderr
    words = " ".join(ended.stdout.split())
    name = waits_for_a_person["company"]["legal_name"]
    assert f"MISSING {name}: JourneyStuck: landed in in_review, expected active" in words
    assert f"MISSING {fine['company']['legal_name']}" not in words


def test_every_wrong_entry_is_named(local_stack: LocalStack, tmp_path: Path) -> None:
    nameless = new_application("crm")
    del nameless["company"]["legal_name"]
    path = written(
        tmp_path,
        {"application": nameless},
        {"application": new_application("crm"), "outcome": "famous"},
        {"application": new_application("crm"), "review": {"decision": "perhaps", "reason": "?"}},
        {"outcome": "active"},
    )
    refused = LocalStack({**local_stack.environ, "PARTNERS": str(path)}).gangway("demo")
    assert refused.returncode == 1
    for pointer in ("0/application/company/legal_name", "1/outcome", "2/review/decision", "3/application"):
        assert f" /{pointer}: " in refused.stderr
