"""docs/automatic-approval.md explains every finding that there is, and no other."""

import re
from dataclasses import fields
from pathlib import Path

import onboarding.domain
from onboarding.domain.approval_limits import ApprovalLimits
from onboarding.domain.likeness import Trait

REPOSITORY = Path(__file__).parents[3]
DOMAIN = Path(onboarding.domain.__path__[0])
CODE = re.compile(r'Finding\(\s*f?"([a-z_]+)"')


def test_every_finding_is_explained() -> None:
    page = (REPOSITORY / "docs" / "automatic-approval.md").read_text()
    table = page.partition("## What requires a review")[2].partition("\n## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    explained = {code for cell in first_cells for code in re.findall("`([a-z_]+)`", cell)}
    written = {code for path in DOMAIN.glob("*.py") for code in CODE.findall(path.read_text())}
    traits = {f"{kind}_{trait}" for kind in ("duplicate", "returning") for trait in Trait}
    limits = {f"over_{field.name}" for field in fields(ApprovalLimits) if field.name != "cost_of_tier"}
    blocked = {"blocked_mail_domain", "blocked_website"}
    assert explained == written | traits | limits | blocked
