"""What the catalogue file says of an HTTP API: its address and its credentials."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.settings.reader import read_secret_file
from provisioning.adapters.json_http import ApiSecret, JsonHttp
from provisioning.adapters.product_kinds import ClosedSchema

_HEADER = validate.Regexp(r"^[A-Za-z0-9-]{1,64}\Z")
_VISIBLE = validate.Regexp(r"^[\x21-\x7e]{1,200}\Z")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _check_secret_file(path: str) -> None:
    try:
        read_secret_file(Path(path))
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValidationError("must be a URL with https://")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValidationError("must hold neither user name nor query nor fragment")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValidationError("must begin with https://: a secret and people's data go there")


class SecretSettings(ClosedSchema):
    """Credentials of the API: a token in a header, or with ``user`` a password for basic authentication."""

    secret_file = fields.String(required=True, validate=_check_secret_file)
    user = fields.String(validate=_VISIBLE)
    header = fields.String(validate=_HEADER)
    scheme = fields.String(validate=validate.Regexp(r"^[A-Za-z0-9-]{0,32}\Z"))

    @validates_schema
    def check_one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        """Basic authentication has its own header."""
        if "user" in data and ("header" in data or "scheme" in data):
            raise ValidationError("takes user, or header and scheme", "user")


class ApiSettings(ClosedSchema):
    """One system's API."""

    url = fields.String(required=True, validate=_check_address)
    auth = fields.Nested(SecretSettings)
    timeout_seconds = fields.Float(load_default=15.0, validate=validate.Range(min=0.1, max=120))
    allowed_hosts = fields.List(
        fields.String(validate=_check_address), load_default=list, validate=validate.Length(max=10)
    )


def json_http(name: str, settings: Mapping[str, Any]) -> JsonHttp:
    """The API that `ApiSettings` describes; makes no call yet."""
    auth = dict(settings.get("auth", {}))
    secret = ApiSecret(file=Path(auth.pop("secret_file")), **auth) if auth else None
    return JsonHttp(name, settings["url"], secret, settings["timeout_seconds"], settings["allowed_hosts"])
