"""How much of a list is answered at once; the rest by the cursor of the previous answer."""

from marshmallow import Schema, fields

from chassis.http.strict_fields import StrictSchema, Whole

LONGEST_PAGE = 500


class PageSchema(StrictSchema):
    """Which part of a list."""

    limit = Whole(least=1, most=LONGEST_PAGE, from_text=True, load_default=50)


def list_of(schema_name: str, **member: type[Schema]) -> type[Schema]:
    """The shape of an answer that is one list: ``list_of("TokensSeen", tokens=TokenSeen)``."""
    lists = {name: fields.List(fields.Nested(item), required=True) for name, item in member.items()}
    return Schema.from_dict({**lists}, name=schema_name)


def page_of(schema_name: str, **member: type[Schema]) -> type[Schema]:
    """The shape of one page of a list; without ``next_cursor`` it is the last."""
    next_cursor = fields.String(required=True, allow_none=True)
    return list_of(schema_name, **member).from_dict({"next_cursor": next_cursor}, name=schema_name)
