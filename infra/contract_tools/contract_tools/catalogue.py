"""Make the event catalogue: one page that needs nothing but itself."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tools.field_words import in_words
from contract_tools.model import Contracts
from contract_tools.schema_fields import fields


def catalogue_page(contracts: Contracts, *, type_prefix: str) -> str:
    """The page as HTML: every topic, event, field and example, and who sends what to whom."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("catalogue.html.j2")
    return page.render(
        contracts=contracts,
        type_prefix=type_prefix,
        fields_of=lambda schema: list(fields(schema)),
        in_words=in_words,
        pretty=_pretty,
    )


def _pretty(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)
