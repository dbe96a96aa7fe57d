"""Every form for people who are signed in says whom it acts for."""

import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[3] / "services"
# The pages of people whom a token in the address, or nothing at all, tells apart.
FOR_EVERYBODY = {
    *("apply.html", "draft.html", "new_link.html", "link.html", "membership.html"),
    *("sign_in.html", "invitation.html", "invitation_expired.html", "learning_mail.html"),
    "learning_mail_stopped.html",
}
# Their addresses name a grant, which is nobody else's.
OF_ONE_GRANT = {"ways_in.html", "devices.html", "collect.html"}
FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)
TEMPLATES = [
    path
    for service in ("onboarding", "provisioning", "notifications", "integrations")
    for path in sorted((SERVICES / service).rglob("templates/*.html"))
    if FORM.search(path.read_text()) and path.name not in FOR_EVERYBODY | OF_ONE_GRANT
]


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(path.relative_to(SERVICES)) for path in TEMPLATES])
def test_every_form_names_its_subject(path: Path) -> None:
    forms = [form for form in FORM.findall(path.read_text()) if "arriving.sign_out" not in form]
    assert all("{{ subject_field(" in form for form in forms), path
