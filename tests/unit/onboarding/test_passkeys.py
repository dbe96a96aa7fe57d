"""Whatever somebody sends as a passkey is refused or right, and the counter of a copied key gives it away."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.soft_authenticator import SoftPasskey, b64, raw
from tests.unit.onboarding.fake_work import FakeWork
from tests.unit.onboarding.test_people import confirmed, screened

from chassis import clock
from onboarding.adapters.webauthn_relying_party import WebAuthnRelyingParty
from onboarding.domain.partners import Actor
from onboarding.domain.passkeys import Passkey
from onboarding.domain.refusals import PasskeyRefused, PasskeyUnknown, SignInTooOld
from onboarding.handlers.commands import (
    AddPasskey,
    BeginAddingPasskey,
    HandOver,
    RemovePasskey,
    SignInByPasskey,
    TakeChallenge,
)
from onboarding.handlers.passkeys import (
    add_passkey,
    begin_adding,
    begin_sign_in,
    remove_passkey,
    sign_in_by_passkey,
    take_challenge,
)
from onboarding.handlers.people import hand_over

ORIGIN = "https://gangway.example"
OURS = WebAuthnRelyingParty.of(f"{ORIGIN}/partners")
CREATION = {"user": {"id": b64(bytes(16))}, "rp": {"id": "gangway.example"}, "challenge": b64(b"c" * 32)}


def added(work: FakeWork, partner_id: UUID) -> tuple[SoftPasskey, Passkey]:
    options = begin_adding(work, BeginAddingPasskey(partner_id=partner_id, signed_in_at=work.now()))
    device = SoftPasskey(ORIGIN)
    credential = device.create(options)
    challenge = take_challenge(work, TakeChallenge(credential))
    command = AddPasskey(partner_id=partner_id, name="Key", credential=credential, challenge=challenge)
    return device, add_passkey(work, command)


def signed_in(work: FakeWork, credential: dict[str, Any]) -> UUID:
    challenge = take_challenge(work, TakeChallenge(credential))
    return sign_in_by_passkey(work, SignInByPasskey(credential=credential, challenge=challenge)).id


def test_a_copy_of_a_key_is_noticed_by_its_counter(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    device, _ = added(work, partner_id)
    assert signed_in(work, device.get(begin_sign_in(work))) == partner_id
    assert signed_in(work, device.get(begin_sign_in(work), count=9)) == partner_id
    with pytest.raises(PasskeyRefused):
        signed_in(work, device.get(begin_sign_in(work), count=9))
    assert work.passkeys.rows[device.id].sign_count == 9


def test_a_key_that_counts_nothing_is_used_again_and_again(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    device, _ = added(work, partner_id)
    for _ in range(2):
        assert signed_in(work, device.get(begin_sign_in(work), count=0)) == partner_id


def test_a_challenge_ends_by_itself(work: FakeWork) -> None:
    device, _ = added(work, screened(work, others=0))
    credential = device.get(begin_sign_in(work))
    work.let_pass(minutes=5)
    with pytest.raises(PasskeyRefused):
        signed_in(work, credential)


def test_an_old_session_adds_nothing(work: FakeWork) -> None:
    partner_id, signed_in_at = screened(work, others=0), work.now()
    work.let_pass(minutes=31)
    with pytest.raises(SignInTooOld):
        begin_adding(work, BeginAddingPasskey(partner_id=partner_id, signed_in_at=signed_in_at))


def test_passkeys_go_with_the_role_and_one_by_one(work: FakeWork) -> None:
    partner_id = screened(work, others=0)
    device, passkey = added(work, partner_id)
    added(work, partner_id)
    remove_passkey(work, RemovePasskey(partner_id=partner_id, passkey_id=passkey.id))
    with pytest.raises(PasskeyUnknown):
        remove_passkey(work, RemovePasskey(partner_id=partner_id, passkey_id=passkey.id))
    with pytest.raises(PasskeyRefused):
        signed_in(work, device.get(begin_sign_in(work)))
    assert work.names()[-3:] == ["partner.passkey_added"] * 2 + ["partner.passkey_removed"]
    member_id = confirmed(work, partner_id)
    hand_over(work, HandOver(partner_id=partner_id, member_id=member_id, by=Actor("operator", "amara")))
    assert work.passkeys.rows == {}


@settings(max_examples=20, deadline=None)
@given(nonsense=st.binary(max_size=300))
def test_no_bytes_make_the_relying_party_stumble(nonsense: bytes) -> None:
    device = SoftPasskey(ORIGIN)
    created = device.create(CREATION)
    for name in ("clientDataJSON", "attestationObject"):
        spoilt = {**created, "response": {**created["response"], name: b64(nonsense)}}
        with pytest.raises(PasskeyRefused):
            OURS.check_new(spoilt, b"c" * 32)
    known = passkey_of(created)
    used = device.get({"rpId": "gangway.example", "challenge": b64(b"c" * 32)})
    assert OURS.check_use(used, b"c" * 32, known) == 1
    for name in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        spoilt = {**used, "response": {**used["response"], name: b64(nonsense)}}
        with pytest.raises(PasskeyRefused):
            OURS.check_use(spoilt, b"c" * 32, known)


@pytest.mark.parametrize("said", [None, 7, [], {}, {"type": "t", "origin": "o"}, "x"], ids=str)
def test_client_data_without_a_challenge_is_refused(said: Any) -> None:
    credential = {"response": {"clientDataJSON": b64(json.dumps(said).encode())}}
    with pytest.raises(PasskeyRefused):
        OURS.challenge_in(credential)


def passkey_of(created: dict[str, Any]) -> Passkey:
    proven = OURS.check_new(created, b"c" * 32)
    return Passkey(
        id=UUID(int=1),
        partner_id=UUID(int=2),
        member_id=UUID(bytes=raw(CREATION["user"]["id"])),
        credential_id=proven.credential_id,
        public_key=proven.public_key,
        sign_count=proven.sign_count,
        name="",
        added_at=clock.now(),
    )
