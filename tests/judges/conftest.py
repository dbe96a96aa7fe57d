"""Other people's tools, in the versions of package-lock.json, in a folder of their own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts of this one and what they import. CI has Node; others skip without it."""
    if shutil.which("npm") is None:
        assert not os.environ.get("CI"), "CI has Node"
        pytest.skip("no Node here")
    folder = tmp_path_factory.mktemp("judges")
    for file in HERE.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--silent"]
    subprocess.run(command, cwd=folder, check=True)
    return folder
