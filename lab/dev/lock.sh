#!/bin/sh
# Renew requirements/*.lock.  No header and no index options: either would write a package index's address into the files.
set -eu
cd "$(dirname "$0")/../../requirements"
command -v uv >/dev/null || { echo "uv is needed to renew the lock files: pip install uv" >&2; exit 1; }
for name in base build postgres dev libvirt; do
    constraints=
    for earlier in base build; do
        [ "$earlier" = "$name" ] && break
        constraints="$constraints --constraints $earlier.lock"
    done
    # shellcheck disable=SC2086 # a list of options
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links $constraints --output-file "$name.lock" "$name.in"
    echo "$name.lock"
done
