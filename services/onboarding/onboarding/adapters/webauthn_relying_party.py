"""WebAuthn for our pages, by py_webauthn: its types and errors do not leave this module."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.base64url_to_bytes import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from onboarding.domain.partners import Partner
from onboarding.domain.passkeys import CHALLENGE_LIFETIME, Passkey
from onboarding.domain.refusals import PasskeyRefused
from onboarding.handlers.ports import Json, NewCredential, RelyingParty

_TIMEOUT_MS = int(CHALLENGE_LIFETIME.total_seconds() * 1000)


@dataclass(frozen=True)
class WebAuthnRelyingParty(RelyingParty):
    """Passkeys are bound to the host of the pages' public address, and their answers to its origin."""

    id: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> Self:
        parts = urlsplit(public_url)
        return cls(id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}")

    def creation_options(self, partner: Partner, known: Sequence[Passkey], challenge: bytes) -> Json:
        contact = partner.contact
        options = generate_registration_options(
            rp_id=self.id,
            rp_name="Gangway",
            user_id=contact.id.bytes,
            # Shown by the device when it asks which passkey to use: one person may speak for two companies.
            user_name=f"{contact.email} ({partner.profile.legal_name})",
            user_display_name=contact.full_name,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
        )
        return options_to_json_dict(options)

    def request_options(self, challenge: bytes) -> Json:
        options = generate_authentication_options(
            rp_id=self.id,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def challenge_in(self, credential: Json) -> bytes:
        with _refusing():
            return parse_client_data_json(
                base64url_to_bytes(credential["response"]["clientDataJSON"])
            ).challenge

    def credential_id_in(self, credential: Json) -> bytes:
        with _refusing():
            return base64url_to_bytes(credential["rawId"])

    def check_new(self, credential: Json, challenge: bytes) -> NewCredential:
        with _refusing():
            checked = verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        return NewCredential(
            credential_id=checked.credential_id,
            public_key=checked.credential_public_key,
            sign_count=checked.sign_count,
        )

    def check_use(self, credential: Json, challenge: bytes, passkey: Passkey) -> int:
        with _refusing():
            answer = parse_authentication_credential_json(dict(credential))
            # The device names the owner of the passkey; without that it is not a discoverable one.
            if answer.response.user_handle != passkey.member_id.bytes:
                raise PasskeyRefused("user_handle")
            checked = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        return checked.new_sign_count


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever the library rejects or fails on was sent by an unknown client."""
    try:
        yield
    except WebAuthnException as error:
        raise PasskeyRefused(str(error)) from None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise PasskeyRefused(type(error).__name__) from None
