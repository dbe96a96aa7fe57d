"""Reads request data for the schemas, and refuses what is not plainly what it claims to be."""

import json
from typing import Any, NoReturn, cast

from flask import Request
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser, is_json_request

from chassis.http.problems import Problem
from chassis.messaging.strict_json import object_of_unique_names


class StrictParser(FlaskParser):
    """JSON in UTF-8 without doubled names and without NaN; unknown query parameters are errors too."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
        "querystring": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The decoded body. Raises `Problem` 400 or 415.

        No body is refused even where every field is optional: silence must not mean "everything".
        """
        body = req.get_data(cache=True)
        if req.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            said = {"Accept-Encoding": "identity"}
            raise Problem(415, "encoding_not_known", "Send it without a Content-Encoding.", headers=said)
        if not is_json_request(req):
            if req.mimetype or body:
                raise Problem(415, "unsupported_media_type", "Send the body as application/json.")
            raise Problem(400, "body_missing", "Send a JSON object; {} where there is nothing to say.")
        return decoded_json(body)


def decoded_json(body: bytes) -> Any:
    """Raises `Problem` 400 that tells what is wrong with the body."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=object_of_unique_names, parse_constant=_refused
        )
    except RecursionError:
        raise Problem(400, "invalid_json", "The body is nested too deeply.") from None
    except UnicodeDecodeError:
        raise Problem(400, "invalid_json", "The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        raise Problem(400, "invalid_json", detail) from None
    except ValueError as error:
        raise Problem(400, "invalid_json", f"The body is not usable JSON: {error}.") from None


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


PARSER = cast(FlaskParser, StrictParser())
