"""A person adds and removes passkeys, and signs in with one."""

import secrets
from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from onboarding.domain import events
from onboarding.domain.partners import Partner
from onboarding.domain.passkeys import (
    CHALLENGE_LIFETIME,
    FRESH_SIGN_IN,
    MOST_PASSKEYS,
    Challenge,
    Passkey,
)
from onboarding.domain.refusals import PasskeyRefused, PasskeyUnknown, SignInTooOld, TooManyPasskeys
from onboarding.handlers import commands
from onboarding.handlers.emit import emit
from onboarding.handlers.ports import Json, Work


def begin_adding(work: Work, command: commands.BeginAddingPasskey) -> Json:
    """The options for the contact's browser; raises SignInTooOld, TooManyPasskeys."""
    partner = work.partners.lock(command.partner_id)
    if work.now() - command.signed_in_at > FRESH_SIGN_IN:
        raise SignInTooOld
    known = work.passkeys.of_member(partner.contact.id)
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    challenge = _challenge(work, partner.contact.id)
    return work.policies.relying_party.creation_options(partner, known, challenge.value)


def begin_sign_in(work: Work) -> Json:
    """The same options for everybody: the device asks its owner which passkey to use."""
    return work.policies.relying_party.request_options(_challenge(work).value)


def take_challenge(work: Work, command: commands.TakeChallenge) -> Challenge:
    """Use up the challenge that a credential answers; raises PasskeyRefused.

    In a transaction of its own, so that it is used up whatever the outcome.
    """
    challenge = work.passkeys.take_challenge(
        work.policies.relying_party.challenge_in(command.credential), work.now()
    )
    if challenge is None:
        raise PasskeyRefused("challenge")
    return challenge


def add_passkey(work: Work, command: commands.AddPasskey) -> Passkey:
    """Store the contact's new one, and notify them; raises PasskeyRefused, TooManyPasskeys."""
    partner = work.partners.lock(command.partner_id)
    if command.challenge.member_id != partner.contact.id:
        raise PasskeyRefused("challenge")
    if len(work.passkeys.of_member(partner.contact.id)) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    proven = work.policies.relying_party.check_new(command.credential, command.challenge.value)
    passkey = Passkey(
        id=uuid7(),
        partner_id=partner.id,
        member_id=partner.contact.id,
        credential_id=proven.credential_id,
        public_key=proven.public_key,
        sign_count=proven.sign_count,
        name=command.name,
        added_at=work.now(),
    )
    if not work.passkeys.add(passkey):
        raise PasskeyRefused("known")
    emit(
        work,
        events.PartnerPasskeyAdded(
            partner_id=partner.id,
            member_id=passkey.member_id,
            passkey_id=passkey.id,
            added_at=passkey.added_at,
        ),
    )
    return passkey


def sign_in_by_passkey(work: Work, command: commands.SignInByPasskey) -> Partner:
    """Return the partner whose contact holds the passkey; raises PasskeyRefused for any failure."""
    if command.challenge.member_id is not None:
        raise PasskeyRefused("challenge")
    credential_id = work.policies.relying_party.credential_id_in(command.credential)
    found = work.passkeys.find(credential_id)
    if found is None:
        raise PasskeyRefused("unknown")
    partner = work.partners.lock(found.partner_id)
    # Read again, as it may have been removed, or used, while waiting for the partner.
    passkey = work.passkeys.find(credential_id)
    if passkey is None or passkey.member_id != partner.contact.id:
        raise PasskeyRefused("unknown")
    count = work.policies.relying_party.check_use(command.credential, command.challenge.value, passkey)
    work.passkeys.save_use(replace(passkey, sign_count=count, used_at=work.now()))
    return partner


def remove_passkey(work: Work, command: commands.RemovePasskey) -> None:
    """Remove one of the contact's, and notify them; raises PasskeyUnknown."""
    partner = work.partners.lock(command.partner_id)
    if not work.passkeys.remove(partner.contact.id, command.passkey_id):
        raise PasskeyUnknown
    emit(
        work,
        events.PartnerPasskeyRemoved(
            partner_id=partner.id,
            member_id=partner.contact.id,
            passkey_id=command.passkey_id,
            removed_at=work.now(),
        ),
    )


def _challenge(work: Work, member_id: UUID | None = None) -> Challenge:
    challenge = Challenge(
        value=secrets.token_bytes(32), expires_at=work.now() + CHALLENGE_LIFETIME, member_id=member_id
    )
    work.passkeys.add_challenge(challenge)
    return challenge
