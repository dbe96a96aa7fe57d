#!/usr/bin/env bash
# prune.sh FOLDER: remove what packages ship and nobody reads here: their tests, pycountry's translations (names of
# countries come from Babel), Babel's other languages, and the second half of zstandard, which is for PyPy. Compile
# the rest, since the containers cannot keep what they compile.
set -euo pipefail
find "$1" -depth -type d -path '*/site-packages/*' \( -name tests -o -name testsuite -o -path '*/pycountry/locales' \) -exec rm -rf {} +
find "$1" -path '*/babel/locale-data/*.dat' ! -name 'root.dat' ! -name 'en*.dat' ! -name 'de*.dat' -delete
find "$1" -path '*/site-packages/zstandard/_cffi.*' -delete
"$1/bin/python" -m compileall -q -j 0 "$1/lib"
