#!/usr/bin/env bash
# Write the lock files anew from pyproject.toml. Needs uv; which index it asks is the person's own setting, and is not written down.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=${UV:-uv}
options=(--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet)
runtime=packaging/requirements.txt

"$uv" pip compile pyproject.toml --no-emit-package llama-cpp-python "${options[@]}" -o "$runtime"
for group in dev build; do
    "$uv" pip compile --group "pyproject.toml:$group" -c "$runtime" "${options[@]}" -o "packaging/requirements-$group.txt"
done
# llama.cpp is compiled here, so it has a file, and a step, of its own; what it needs is in the first file.
grep -o 'llama-cpp-python[^"]*' pyproject.toml |
    "$uv" pip compile - "${options[@]}" --no-deps -o packaging/requirements-llama.txt
