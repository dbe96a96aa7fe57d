"""What prepares an organization: read by a parser, and its policies as Terraform itself fills them in.

Validating the whole needs the provider for AWS, which is fetched from a registry: `terraform validate` does
that where it can be reached.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest

from local_stack.settings import REPOSITORY
from provisioning import settings
from provisioning.adapters.aws import policy_documents
from provisioning.adapters.aws.organization_units import IN_USE, OUR_UNITS
from provisioning.adapters.aws.permission_set import NAME as PERMISSION_SET
from provisioning.adapters.aws.service_control_policies import DENY_ALL

FOLDER = REPOSITORY / "infra" / "terraform"
REGIONS, ROLE, ORGANIZATION = ["eu-central-1", "us-east-1"], "OrganizationAccountAccessRole", "o-ours012345"
LONGEST_INLINE_POLICY = 10_240


class Module:
    """All files of one folder: what they declare, and their text without comments."""

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("*.tf"))
        self.text = "\n".join(re.sub(r"(?m)^\s*#.*$", "", file.read_text()) for file in files)
        self.blocks = [hcl2.loads(file.read_text()) for file in files]

    def declared(self, kind: str) -> dict[str, Any]:
        """Blocks of this kind by name; of resources and data by ``type.name``."""
        return dict(self._declared(kind))

    def _declared(self, kind: str) -> Iterator[tuple[str, Any]]:
        for block in (block for file in self.blocks for block in file.get(kind, ())):
            for name, body in block.items():
                if kind in ("resource", "data"):
                    yield from ((f"{name}.{own}".replace('"', ""), told) for own, told in body.items())
                else:
                    yield name.strip('"'), body

    def used(self, form: str) -> set[str]:
        return set(re.findall(form, self.text))


@pytest.fixture(scope="module", params=[".", "guard_rails"], ids=["organization", "guard rails"])
def module(request: pytest.FixtureRequest) -> Module:
    return Module(FOLDER / request.param)


def test_every_name_that_is_used_is_there_and_every_variable_is_used(module: Module) -> None:
    assert module.used(r"\bvar\.(\w+)") == module.declared("variable").keys()
    named = {name for name in module.declared("locals") if not name.startswith("__")}
    assert module.used(r"\blocal\.(\w+)") == named
    assert module.used(r"\bdata\.(\w+\.\w+)") <= module.declared("data").keys()
    assert module.used(r"(?<!\.)\b(aws_\w+\.\w+)\b") <= module.declared("resource").keys()


def test_a_module_is_given_what_it_asks_for() -> None:
    organization, inner = Module(FOLDER), Module(FOLDER / "guard_rails")
    given = organization.declared("module")["guard_rails"].keys()
    assert {name for name in given if not name.startswith("__")} == {"source", *inner.declared("variable")}
    assert organization.used(r"\bmodule\.guard_rails\.(\w+)") == inner.declared("output").keys()


def test_what_is_made_is_what_gangway_looks_for() -> None:
    text = Module(FOLDER).text
    assert {policy_documents.GUARD_RAIL, DENY_ALL, PERMISSION_SET} <= set(
        re.findall(r'\bname\s+= "([\w-]+)"', text)
    )
    units = Module(FOLDER).declared("locals")["units"]
    told = {name: is_denied for name, is_denied in units.items() if not name.startswith("__")}
    assert told == {name: name != IN_USE for name in OUR_UNITS}


def test_the_settings_that_it_tells_are_settings() -> None:
    told = re.findall(r"\b([A-Z][A-Z_]{5,})\s+=", (FOLDER / "outputs.tf").read_text())
    known = Path(settings.__file__).read_text()
    assert told
    assert [name for name in told if f'"{name}"' not in known] == []


def test_the_permissions_fit_into_one_policy_of_a_role() -> None:
    document = json.loads((REPOSITORY / "docs" / "aws-permissions.json").read_text())
    assert len(policy_documents.as_sent(document)) <= LONGEST_INLINE_POLICY


def test_the_role_that_may_be_taken_inside_accounts_is_the_one_that_is_set() -> None:
    """Else another `member_role` could be told to Gangway, and never be assumed."""
    assert f"role/{ROLE}" in (REPOSITORY / "docs" / "aws-permissions.json").read_text()
    assert f'"{ROLE}", var.member_role' in (FOLDER / "role.tf").read_text()


@pytest.fixture(scope="module")
def terraform() -> str:
    found = shutil.which("terraform") or shutil.which("tofu")
    if found is None:
        pytest.skip("neither Terraform nor OpenTofu here")
    return found


def run(*command: str, folder: Path) -> str:
    environ = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_terraform_would_write_it_the_same_way(terraform: str) -> None:
    run(terraform, "fmt", "-check", "-recursive", "-no-color", folder=FOLDER)


def test_terraform_fills_in_what_gangway_attaches(terraform: str, tmp_path: Path) -> None:
    """One file, read twice: both make the same policy of it."""
    shutil.copytree(FOLDER / "guard_rails", tmp_path / "terraform" / "guard_rails")
    shutil.copytree(policy_documents.FILES, tmp_path / "guard_rails")
    folder = tmp_path / "terraform" / "guard_rails"
    said = {"regions": json.dumps(REGIONS), "member_role": ROLE, "organization_id": ORGANIZATION}
    run(terraform, "init", "-input=false", "-no-color", folder=folder)
    run(terraform, "validate", "-no-color", folder=folder)
    run(
        *(terraform, "apply", "-auto-approve", "-input=false", "-no-color"),
        *(f"-var={name}={value}" for name, value in said.items()),
        folder=folder,
    )
    told = json.loads(run(terraform, "output", "-json", folder=folder))
    made = {name: json.loads(output["value"]) for name, output in told.items()}
    assert made["sandbox"] == policy_documents.guard_rail(REGIONS, ROLE)
    assert made["deny_all"] == policy_documents.deny_all(ROLE)
    [ours, services, _] = made["outsiders"]["Statement"]
    assert ours["Condition"]["StringNotEqualsIfExists"] == {"aws:PrincipalOrgID": ORGANIZATION}
    assert services["Condition"]["StringNotEqualsIfExists"] == {"aws:SourceOrgID": ORGANIZATION}
