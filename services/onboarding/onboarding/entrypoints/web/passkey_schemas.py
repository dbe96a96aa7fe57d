"""What a browser says of a passkey: WebAuthn's own JSON, bounded; for the API and the pages' forms."""

import json
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from chassis.http.strict_fields import Name, StrictSchema
from onboarding.domain import bounds

_BASE64URL = validate.Regexp(r"[A-Za-z0-9_-]+\Z", error="Must be base64url without padding.")


def _bytes(most: int, **options: Any) -> fields.String:
    """Base64url of so many bytes at most."""
    return fields.String(validate=[validate.Length(min=1, max=-(-most * 4 // 3)), _BASE64URL], **options)


class _BrowsersSchema(Schema):
    """Browsers go on to send more; what is not used here is dropped."""

    class Meta:
        unknown = EXCLUDE


class CreatedSchema(_BrowsersSchema):
    """`AuthenticatorAttestationResponse`."""

    clientDataJSON = _bytes(4096, required=True)  # noqa: N815 - as in WebAuthn
    attestationObject = _bytes(32_768, required=True)  # noqa: N815


class SignedSchema(_BrowsersSchema):
    """`AuthenticatorAssertionResponse`."""

    clientDataJSON = _bytes(4096, required=True)  # noqa: N815
    authenticatorData = _bytes(4096, required=True)  # noqa: N815
    signature = _bytes(2048, required=True)
    userHandle = _bytes(64, required=True)  # noqa: N815


class _CredentialSchema(_BrowsersSchema):
    # At most 1,023 bytes, says WebAuthn.
    id = _bytes(1023, required=True)
    rawId = _bytes(1023, required=True)  # noqa: N815
    type = fields.String(required=True, validate=validate.Equal("public-key"))


class NewCredentialSchema(_CredentialSchema):
    """`PublicKeyCredential.toJSON()` after `navigator.credentials.create`."""

    response = fields.Nested(CreatedSchema, required=True)


class UsedCredentialSchema(_CredentialSchema):
    """`PublicKeyCredential.toJSON()` after `navigator.credentials.get`."""

    response = fields.Nested(SignedSchema, required=True)


class NewPasskeySchema(StrictSchema):
    """What the browser made, and what its owner calls the device; without a name, the kind of browser."""

    name = Name(least=0, most=bounds.PASSKEY_NAME, load_default="")
    credential = fields.Nested(NewCredentialSchema, required=True)


class UsedPasskeySchema(StrictSchema):
    """What the browser signed."""

    credential = fields.Nested(UsedCredentialSchema, required=True)


def credential_in_form(text: str) -> Any:
    """The JSON that the page's script put into its form; raises ValidationError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError({"credential": ["Must be JSON."]}) from None
