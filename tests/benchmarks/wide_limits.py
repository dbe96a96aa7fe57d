"""Limits as they are shipped, but so wide that they refuse nobody."""

from pathlib import Path

import yaml

from onboarding.settings import CONFIG


def write_wide_limits(folder: Path) -> Path:
    """A limits file by which every sign-up is counted as often as by the one that is shipped."""
    limits = yaml.safe_load((CONFIG / "limits.yaml").read_text())
    for measures in limits["acts"].values():
        for limit in measures.values():
            limit["at_most"] = 10_000_000
    path = folder / "limits.yaml"
    path.write_text(yaml.safe_dump(limits))
    return path
