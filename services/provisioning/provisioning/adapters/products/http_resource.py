"""Any product behind an HTTP API with JSON, configured in the catalogue file without code."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from provisioning.adapters.http_resource_step import NOTED, HttpResource
from provisioning.adapters.product_kinds import (
    NAME,
    ClosedSchema,
    LeaseParameters,
    OfferedProduct,
    ProductKind,
)
from provisioning.adapters.products.api_settings import ApiSettings, json_http
from provisioning.adapters.request_templates import check_places, check_template, tells_which, tells_whose
from provisioning.domain.products import Product, StepOfProduct

if TYPE_CHECKING:
    from provisioning.adapters.swept_products import MakeSwept, SweptProduct

_TYPES: Mapping[str, type[fields.Field[Any]]] = {
    "integer": fields.Integer,
    "string": fields.String,
    "boolean": fields.Boolean,
}
_WITHOUT_ID = ("create", "find")
# All that is known of a resource without a grant.
_WHEN_SWEPT = ("id", "grant_id")


def _check_path(expression: str) -> None:
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        raise ValidationError(f"is no JMESPath: {str(error).splitlines()[0]}") from error


def _json_path(**options: Any) -> fields.String:
    """A JMESPath (https://jmespath.org) into an answer."""
    return fields.String(validate=_check_path, **options)


def _states() -> fields.List[Any]:
    return fields.List(fields.String(), load_default=list, validate=validate.Length(max=20))


def _path() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^/[^\s#]{0,999}\Z"))


class CallSettings(ClosedSchema):
    """One request that changes something."""

    method = fields.String(load_default="POST", validate=validate.OneOf(("POST", "PUT", "PATCH", "DELETE")))
    path = _path()
    body = fields.Dict(load_default=None, allow_none=True)


class CreateSettings(CallSettings):
    """Creates the resource; ``id`` is where the answer has its id."""

    id = _json_path(required=True)


def _tells(find: Mapping[str, str]) -> tuple[str, str]:
    """The parts that compare: not the query string, because an API may ignore its filters."""
    return find["path"].partition("?")[0], find["id"]


class FindSettings(ClosedSchema):
    """Finds what was created for the grant, even while it is being created; nothing if there is no id."""

    path = _path()
    id = _json_path(required=True)

    @validates_schema(skip_on_field_errors=True)
    def check_whose(self, data: Mapping[str, Any], **_: Any) -> None:
        """An API that ignores a filter lists everybody's resources, and the first one would be deleted."""
        if not any(map(tells_whose, _tells(data))):
            example = "items[?external_id=='{grant_id}'] | [0].id"
            raise ValidationError(f"has to compare whose it is, as in {example}", "id")


class ObserveSettings(ClosedSchema):
    """Looks at the resource; without ``state`` it is on as long as it exists."""

    path = _path()
    state = _json_path(load_default=None)
    serving = _states()
    frozen = _states()
    gone = _states()
    under_way = _states()

    @validates_schema
    def check_states(self, data: Mapping[str, Any], **_: Any) -> None:
        """States mean something only if the state can be found."""
        if bool(data["state"]) != bool(data["serving"]):
            raise ValidationError("takes state and serving, or none of them", "serving")


class PollSettings(ClosedSchema):
    """How to follow a task: at ``address`` of its answer, or at its Location."""

    address = _json_path(load_default=None)
    state = _json_path(required=True)
    done = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    failed = _states()
    id = _json_path(load_default=None)
    interval_seconds = fields.Integer(load_default=5, strict=True, validate=validate.Range(min=1, max=3600))


class ListSettings(ClosedSchema):
    """Lists everybody's resources for a sweep.

    ``items`` of an answer, each with its ``id`` and the ``grant_id`` that `create` sent, and the address of
    the ``next`` page, if there are pages.
    """

    path = _path()
    items = _json_path(required=True)
    id = _json_path(required=True)
    grant_id = _json_path(required=True)
    next = _json_path(load_default=None)


class ParameterSettings(ClosedSchema):
    """What an entry of the catalogue must say."""

    type = fields.String(required=True, validate=validate.OneOf(tuple(_TYPES)))
    least = fields.Integer(strict=True, load_default=None)
    most = fields.Integer(strict=True, load_default=None)
    one_of = fields.List(fields.Raw(), load_default=None, validate=validate.Length(min=1))


class HttpSettings(ApiSettings):
    """A resource that can be created, found, observed, switched off and on, and deleted over HTTP."""

    parameters = fields.Dict(
        keys=fields.String(validate=validate.Regexp(NAME)),
        values=fields.Nested(ParameterSettings),
        load_default=dict,
    )
    create = fields.Nested(CreateSettings, required=True)
    find = fields.Nested(FindSettings, required=True)
    observe = fields.Nested(ObserveSettings, required=True)
    freeze = fields.Nested(CallSettings, load_default=None)
    unfreeze = fields.Nested(CallSettings, load_default=None)
    delete = fields.Nested(CallSettings, required=True)
    poll = fields.Nested(PollSettings, load_default=None)
    list_ = fields.Nested(ListSettings, load_default=None, data_key="list")
    identifiers = fields.Dict(
        keys=fields.String(validate=[validate.Regexp(NAME), validate.NoneOf(NOTED)]),
        values=fields.String(validate=_check_path),
        load_default=dict,
    )

    @validates_schema(skip_on_field_errors=True)
    def check_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        """Everything in braces can be filled in, and what can be switched off can be switched on."""
        wrong: dict[str, Any] = {}
        if (data["freeze"] is None) != (data["unfreeze"] is None):
            wrong["unfreeze"] = ["and freeze belong together"]
        if data["freeze"] is not None and not data["observe"]["frozen"]:
            wrong["observe.frozen"] = ["has to say how what is switched off looks"]
        for name in ("create", "find", "observe", "freeze", "unfreeze", "delete"):
            for part in ("path", "body"):
                template = (data[name] or {}).get(part)
                try:
                    check_template(
                        template,
                        data["parameters"],
                        is_address=part == "path",
                        has_id=name not in _WITHOUT_ID,
                    )
                    if data["list_"] is not None and name in ("observe", "delete"):
                        check_places(template, _WHEN_SWEPT)
                except ValidationError as error:
                    wrong[f"{name}.{part}"] = error.messages
        if data["list_"] is not None and "{" in data["list_"]["path"]:
            wrong["list.path"] = ["is the same for everybody: nothing in braces"]
        if wrong:
            raise ValidationError(wrong)


def _parameters(declared: Mapping[str, Mapping[str, Any]]) -> Schema:
    fields_of = {name: _parameter(said) for name, said in declared.items()}
    schema: Schema = type("HttpParameters", (LeaseParameters,), fields_of)()
    return schema


def _parameter(said: Mapping[str, Any]) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": True, "validate": []}
    if said["type"] == "integer":
        options |= {"strict": True}
        options["validate"].append(validate.Range(min=said["least"], max=said["most"]))
    if said["type"] == "string":
        options["validate"].append(validate.Length(min=said["least"], max=said["most"] or 1000))
    if said["type"] == "boolean":
        options |= {"truthy": {True}, "falsy": {False}}
    if said["one_of"] is not None:
        options["validate"].append(validate.OneOf(said["one_of"]))
    return _TYPES[said["type"]](**options)


def _make_swept(name: str, settings: Mapping[str, Any]) -> "MakeSwept":
    def swept(_ever_asked: object) -> "SweptProduct":
        from provisioning.adapters.swept_products import SweptApi  # noqa: PLC0415

        api = json_http(name, settings)
        return SweptApi(HttpResource(name, api, settings), api, settings["list_"])

    return swept


def _offer(name: str, settings: Mapping[str, Any]) -> OfferedProduct:
    return OfferedProduct(
        product=Product(
            name,
            (StepOfProduct(name=name, is_brake=True),),
            tuple(settings["identifiers"]),
            is_one_per_partner=not any(map(tells_which, _tells(settings["find"]))),
        ),
        parameters=_parameters(settings["parameters"]),
        make_steps=lambda _outside: [HttpResource(name, json_http(name, settings), settings)],
        make_swept=_make_swept(name, settings) if settings["list_"] else None,
    )


KIND = ProductKind(offer=_offer, settings=HttpSettings())
