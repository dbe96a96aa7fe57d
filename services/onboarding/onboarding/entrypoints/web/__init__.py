"""The web process: the API for programs and the pages for people."""

from flask import Flask

from chassis.http.web import create_app
from chassis.operating.http import operators_api
from chassis.translations import Translations
from onboarding.bootstrap import WORDS, OnboardingService
from onboarding.domain import bounds
from onboarding.entrypoints.web.api import (
    applying,
    disclosing,
    drafts,
    figures,
    importing,
    memberships,
    operating,
    own_data,
    partner,
    passkeys,
    people,
    publishing,
    requesting,
    sessions,
)
from onboarding.entrypoints.web.pages import PAGES
from onboarding.entrypoints.web.refusal_problems import PROBLEM_MEMBERS, refusal_problems

# In the order of the API's document.
API = (
    *(applying, drafts, sessions, passkeys, partner, memberships, people, requesting, own_data),
    *(operating, disclosing, publishing, figures, importing),
)


def create_web_app(service: OnboardingService) -> Flask:
    """Build the app; opens no connection."""
    app = create_app(
        service,
        __name__,
        title="Gangway onboarding",
        description="From the application to the partnership and out again.",
        api=[*(one.api for one in API), operators_api],
        pages=PAGES,
        translations=Translations(WORDS / "timeline", WORDS / "pages"),
        problems=refusal_problems(service.settings.public_url),
        session_home=service.sessions,
        problem_members=PROBLEM_MEMBERS,
    )
    app.jinja_env.globals["bounds"] = bounds
    return app
