"""Let the packages of this repository be found by a relative path: `python -S relative_paths.py`.

Python 3.11 and 3.12 read the path of an editable package in the locale's encoding, which is ASCII for many,
and end at once where the path to this folder has a letter of another alphabet.
"""

import os
from pathlib import Path

SITE = ".venv/lib/python3*/site-packages/_editable_impl_*.pth"


def main() -> None:
    for file in Path(__file__).parents[1].glob(SITE):
        folder = os.fsdecode(file.read_bytes()).strip()
        file.write_text(f"{os.path.relpath(folder, file.parent)}\n", encoding="ascii")


if __name__ == "__main__":
    main()
