"""The catalogue file is checked at the start; every wrong entry is named."""

from pathlib import Path

import pytest

import provisioning
from chassis.settings.yaml_files import FileRefused
from provisioning.adapters.catalogue_file import read_catalogue

CONFIG = Path(provisioning.__file__).parent / "config" / "catalogue.yaml"
GOOD = """
version: "1"
entries:
  - {product: crm, only_if_wanted: true, required: true, parameters: {scim_group: partners}}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "catalogue.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_catalogue_covers_every_product() -> None:
    catalogue = read_catalogue(CONFIG).catalogue
    assert {entry.product_name for entry in catalogue.entries} == {"cloud_sandbox", "analytics", "crm", "iot"}


def test_the_version_tells_the_content(tmp_path: Path) -> None:
    first = read_catalogue(written(tmp_path, GOOD)).catalogue.version
    second = read_catalogue(written(tmp_path, GOOD.replace("partners", "friends"))).catalogue.version
    assert first.startswith("1.")
    assert first != second
    assert len(first) <= 64


def test_every_wrong_entry_is_named(tmp_path: Path) -> None:
    text = """
version: "1"
entries:
  - {product: crm, only_if_wanted: maybe, required: true, parameters: {scim_group: partners}}
  - {product: telepathy, only_if_wanted: true, required: true, parameters: {}}
  - {product: iot, only_if_wanted: true, required: true, tiers: [platinum], parameters: {gateway_count: 1}}
  - {product: iot, only_if_wanted: true, required: true, parameters: {gateway_count: 0, colour: red}}
  - {product: crm, wish: true, only_if_wanted: true, required: true, parameters: {scim_group: partners}}
"""
    with pytest.raises(FileRefused) as refused:
        read_catalogue(written(tmp_path, text))
    for place in (
        "entries[1].only_if_wanted",
        "entries[2].product",
        "entries[3].tiers[1]",
        "entries[4].parameters.gateway_count",
        "entries[4].parameters.colour",
        "entries[5].wish",
    ):
        assert f"{place}: " in str(refused.value)


@pytest.mark.parametrize("text", ["", "- 1", "version: [", "version: '1'"])
def test_what_is_no_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileRefused):
        read_catalogue(written(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="nowhere"):
        read_catalogue(tmp_path / "nowhere.yaml")


def test_entries_of_one_product_are_told_apart_by_name(tmp_path: Path) -> None:
    entry = (
        "\n  - {product: crm, NAMEonly_if_wanted: true, required: true, parameters: {scim_group: PARTNERS}}"
    )
    several = "".join(entry.replace("NAME", name) for name in ("", "name: lab, ", "name: lab, "))
    catalogue = read_catalogue(written(tmp_path, f"version: '1'\nentries:{several}\n")).catalogue
    due = catalogue.due("select", "reseller", frozenset(), frozenset({"crm"}))
    assert [entry.key for entry in due] == [("crm", ""), ("crm", "lab")]
    wrong = GOOD.replace("{product: crm", "{product: crm, name: Lab 2")
    with pytest.raises(FileRefused, match=r"entries\[1\]\.name: "):
        read_catalogue(written(tmp_path, wrong))


def test_what_is_found_by_its_partner_alone_is_one_per_partner(tmp_path: Path) -> None:
    helpdesk = """
version: "1"
products:
  helpdesk:
    kind: http
    url: https://helpdesk.vendor.example
    create: {path: /workspaces, body: {owner: "{OWNER}"}, id: id}
    find: {path: /workspaces, id: "items[?owner=='{OWNER}'] | [0].id"}
    observe: {path: "/workspaces/{id}"}
    delete: {method: DELETE, path: "/workspaces/{id}"}
entries:
  - {product: helpdesk, name: lab, only_if_wanted: false, required: false, parameters: {}}
"""
    assert read_catalogue(written(tmp_path, helpdesk.replace("{OWNER}", "{grant_id}"))).catalogue.entries
    with pytest.raises(FileRefused, match=r"entries\[1\]\.name: needs a product whose find compares"):
        read_catalogue(written(tmp_path, helpdesk.replace("{OWNER}", "{partner_id}")))
