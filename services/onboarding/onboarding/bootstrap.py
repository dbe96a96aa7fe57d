"""Wires onboarding: settings, policies and adapters behind the ports. Opens no connection."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chassis.database.counted_acts import CountedActs
from chassis.database.recorded_sessions import RecordedSessions
from chassis.identity.keyed_digests import KeyedDigests
from chassis.identity.links import LinkVerifier
from chassis.identity.session import SessionSigner
from chassis.messaging.compacted_topics import CompactedTopics
from chassis.service import ServiceOf, database_of
from onboarding.adapters.sessions import partners_sessions
from onboarding.adapters.standings import STANDINGS
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.adapters.waiting import WAITING
from onboarding.domain.events import PartnerState
from onboarding.handlers import jobs
from onboarding.handlers.ports import Policies
from onboarding.settings import OnboardingSettings, read_settings

WORDS = Path(__file__).parent / "words"


class OnboardingService(ServiceOf[OnboardingUnitOfWork]):
    """Onboarding with its adapters."""

    settings: OnboardingSettings
    policies: Policies
    link_verifier: LinkVerifier
    sessions: RecordedSessions
    digests: KeyedDigests
    counted_acts: CountedActs


def build_service(environ: Mapping[str, str] = os.environ) -> OnboardingService:
    """Raises `SettingsRefused`."""
    settings = read_settings(environ)
    digests = KeyedDigests(settings.session_private_key.private_bytes_raw())
    database = database_of(settings)
    return OnboardingService(
        name="onboarding",
        settings=settings,
        database=database,
        waiting=WAITING,
        standings=STANDINGS,
        work_factory=partial(OnboardingUnitOfWork, policies=settings.policies, digests=digests),
        compacted=CompactedTopics(names=frozenset({PartnerState.topic}), write_anew=jobs.publish_states()),
        policies=settings.policies,
        link_verifier=LinkVerifier(settings.link_public_key),
        sessions=partners_sessions(database, SessionSigner(settings.session_private_key)),
        digests=digests,
        counted_acts=CountedActs(database.engine),
    )
