#!/usr/bin/env bash
# build-wheels.sh PYPROJECT...: a wheel of each package into /wheels.
# Named by its project file, because a checkout may hold the empty folder of a package that was removed.
set -euo pipefail
for project; do
  (cd "$(dirname "$project")" && hatchling build --target wheel --directory /wheels)
done
