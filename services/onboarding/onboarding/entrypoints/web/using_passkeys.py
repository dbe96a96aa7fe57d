"""The two transactions of each ceremony, for the API and the pages: its challenge is used up in any case."""

from typing import Any
from uuid import UUID

import structlog
from flask import request

from chassis.http.current_service import current_service
from chassis.identity.session import SignedSession
from onboarding.bootstrap import OnboardingService
from onboarding.domain.begun_sessions import kind_of_browser
from onboarding.domain.limits import Act
from onboarding.domain.partners import Partner
from onboarding.domain.passkeys import Passkey
from onboarding.domain.refusals import PasskeyRefused
from onboarding.entrypoints.web.beginning_sessions import begin_session
from onboarding.entrypoints.web.limiting import count_refused, pass_limits
from onboarding.handlers.commands import AddPasskey, SignInByPasskey, TakeChallenge
from onboarding.handlers.passkeys import add_passkey, sign_in_by_passkey, take_challenge

_log = structlog.get_logger(__name__)


def add_checked(partner_id: UUID, body: dict[str, Any]) -> Passkey:
    """Keep what a browser made; raises PasskeyRefused, TooManyPasskeys, TooOften."""
    pass_limits(Act.CHANGE_OWN, application_id=partner_id)
    service, credential = current_service(OnboardingService), body["credential"]
    name = body["name"] or kind_of_browser(request.user_agent.string) or "Passkey"
    try:
        with service.open_work() as work:
            challenge = take_challenge(work, TakeChallenge(credential))
        command = AddPasskey(partner_id=partner_id, name=name, credential=credential, challenge=challenge)
        with service.open_work() as work:
            return add_passkey(work, command)
    except PasskeyRefused as refused:
        _log.warning("passkey refused", ceremony="add", partner_id=str(partner_id), why=refused.why)
        raise


def sign_in_checked(credential: dict[str, Any]) -> tuple[Partner, SignedSession]:
    """Whose passkey it is, and the session that it begins.

    Raises PasskeyRefused, and TooOften where that came too often from there.
    """
    service = current_service(OnboardingService)
    try:
        with service.open_work() as work:
            challenge = take_challenge(work, TakeChallenge(credential))
        with service.open_work() as work:
            command = SignInByPasskey(credential=credential, challenge=challenge)
            partner = sign_in_by_passkey(work, command)
            return partner, begin_session(work, partner.id)
    except PasskeyRefused as refused:
        _log.warning("passkey refused", ceremony="sign_in", why=refused.why)
        count_refused(Act.OPEN_LINK_WRONGLY)
        raise
