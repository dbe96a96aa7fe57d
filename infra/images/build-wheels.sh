#!/usr/bin/env bash
# build-wheels.sh FOLDER...: a wheel of each package into /wheels.
set -euo pipefail
for folder; do
  (cd "$folder" && hatchling build --target wheel --directory /wheels)
done
