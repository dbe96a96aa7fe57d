"""The example in `examples/products` is a package of somebody else: installed, declared, granted."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.provisioning.granting import order_for
from tests.unit.provisioning.one_step import OneStep

from chassis.settings.yaml_files import FileRefused
from provisioning.adapters.catalogue_file import read_catalogue
from provisioning.adapters.product_kinds import installed_kinds
from provisioning.domain.grant_states import Intent
from provisioning.domain.standings import Standing

EXAMPLE = Path(__file__).parents[4] / "examples" / "products" / "shared_folder"
CATALOGUE = """
version: "1"
products:
  material: {{kind: shared_folder, root: {root}}}
entries:
  - product: material
    only_if_wanted: false
    required: false
    parameters: {{folders: [{folders}]}}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A wheel of it, built and installed as its authors would, for as long as these tests last."""
    place = tmp_path_factory.mktemp("site")
    uv = Path(sys.executable).with_name("uv")
    offline = ["--offline", "--no-deps", "--no-build-isolation", "--python", sys.executable]
    command = [uv, "pip", "install", "--quiet", *offline, "--target", place, EXAMPLE]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(place))
        installed_kinds.cache_clear()
        yield
    installed_kinds.cache_clear()
    sys.modules.pop("shared_folder", None)


def test_it_is_made_switched_and_taken_away_like_any_other(installed: None, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    file = tmp_path / "catalogue.yaml"
    file.write_text(CATALOGUE.format(root=share, folders="offers, contracts"))
    read = read_catalogue(file)
    [entry] = read.catalogue.due("select", "reseller", frozenset(), frozenset())
    [step] = read.offered["material"].make_steps(None)  # type: ignore[arg-type]
    order = replace(order_for("crm"), product="material", parameters=entry.parameters)
    folder = OneStep(step, order)

    assert folder.standing() is Standing.ABSENT
    for target in (Intent.ON, Intent.ON, Intent.FROZEN, Intent.FROZEN, Intent.ON):
        folder.bring(target)
    made = Path(folder.outputs["folder"])
    assert {one.name for one in made.iterdir()} == {"offers", "contracts"}
    (made / "offers").rmdir()
    assert folder.standing() is Standing.DIFFERS
    folder.bring(Intent.ON)
    assert folder.standing() is Standing.ON
    folder.bring(Intent.OFF)
    assert list(share.iterdir()) == []


def test_what_is_wrong_with_it_is_named_at_the_start(installed: None, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(CATALOGUE.format(root=tmp_path / "nowhere", folders="Offers"))
    with pytest.raises(FileRefused, match=r"products\.material\.root: no folder at"):
        read_catalogue(file)
    file.write_text(CATALOGUE.format(root=tmp_path, folders="Offers"))
    with pytest.raises(FileRefused, match=r"entries\[1\]\.parameters\.folders\[1\]: "):
        read_catalogue(file)
