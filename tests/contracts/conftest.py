"""The contracts of this repository, and a copy of them that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from contract_tools import Contracts, load_contracts

CONTRACTS = Path(__file__).parents[2] / "contracts"
READ = load_contracts(CONTRACTS)


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    """As they are."""
    return READ


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the contracts folder, with nothing released."""
    copy = tmp_path / "contracts"
    shutil.copytree(CONTRACTS, copy, ignore=shutil.ignore_patterns("released"))
    return copy
