"""A checked body, as the domain compares it with what is known."""

from onboarding.domain.vocabulary import Competence, Language
from onboarding.entrypoints.web.application_schemas import CorrectionSchema, changes_from


def test_what_was_checked_is_what_the_domain_has() -> None:
    """A list would differ from the tuple that is known, and so be told as a change."""
    body = CorrectionSchema().load({"company": {"country": "DE"}, "competences": ["iot"], "language": "de"})
    changes = changes_from(body, Language.EN)
    assert changes == {"country": "DE", "competences": (Competence.IOT,), "language": Language.DE}
    assert changes["language"] is Language.DE
