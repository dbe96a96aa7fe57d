"""A format is a promise: every one in the contracts is checked, here as elsewhere, and none is skipped."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from tests.examples import examples

from chassis.http.strict_fields import EmailAddress
from contract_tools import Contracts, ContractsInvalid, load_contracts
from contract_tools.schema_fields import fields
from contract_tools.validation import _FORMATS, FormatUnchecked, validator
from operator_cli.command import main

WRONG = {
    "uri": ["https://x.example/aktion-50%", "https://x.example/#a#b", "https://a b.example", "x.example"],
    "idn-email": ["@", "a@", "@a.example", "a b@c.example", "a@b@c.example", "a@-b.example", "a@b..example"],
    "date-time": ["2026-03-03", "2026-03-03T10:02:11", "2026-02-30T10:02:11Z", "2026-03-03T25:02:11Z", "now"],
    "uuid": ["", "0193f0a2", "0193f0a27c1e7d2b9a543f6c1b0e8d11", "{0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d11}"],
}


def test_wrong_values_of_every_format_in_use_are_refused(contracts: Contracts) -> None:
    used = {
        field.schema["format"]
        for e in contracts.events.values()
        for field in fields(e.schema)
        if "format" in field.schema
    }
    assert used == WRONG.keys()
    for name, values in WRONG.items():
        check = validator({"type": "string", "format": name})
        for value in values:
            assert not check.is_valid(value), (name, value)


def test_without_a_library_for_a_format_nothing_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(_FORMATS.checkers, "uri")
    with pytest.raises(ContractsInvalid, match="no checker for the format 'uri' is installed") as caught:
        load_contracts(folder)
    assert {one.split(":")[0] for one in caught.value.problems if "no checker" in one} == {
        "events/partner.applied/v1.schema.json",
        "events/partner.profile_changed/v1.schema.json",
        "events/partner.state/v1.schema.json",
    }
    for command in ("check", "asyncapi", "tail"):
        result = CliRunner().invoke(main, ["events", command, "--contracts", str(folder)])
        assert result.exit_code == 1
        assert "events/partner.applied/v1.schema.json: no checker" in result.stderr


@pytest.mark.parametrize("schema", [{"format": "colour"}, {"properties": {"format": {"format": "colour"}}}])
def test_a_format_that_nobody_knows_is_an_error(schema: Any) -> None:
    with pytest.raises(FormatUnchecked, match="'colour'"):
        validator(schema)


def test_a_property_may_be_named_format() -> None:
    assert validator({"properties": {"format": {"type": "string"}}}).is_valid({"format": "x"})


LOCAL_PARTS = st.text(st.sampled_from("abc.+-_\"' (),:;<>@[]\\üß名\u0301\u200d"), max_size=12)
DOMAINS = st.text(st.sampled_from("ab1.-_ü名שßé℀\u00ad"), max_size=12).map("{}.example".format)


@settings(max_examples=examples(300), deadline=None)
@given(st.builds("{}@{}".format, LOCAL_PARTS, DOMAINS) | st.emails())
def test_a_mail_address_that_the_door_takes_keeps_the_format(typed: str) -> None:
    try:
        address = EmailAddress().deserialize(typed)
    except ValidationError:
        return
    assert validator({"type": "string", "format": "idn-email", "maxLength": 254}).is_valid(address)
