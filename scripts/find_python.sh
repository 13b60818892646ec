#!/bin/sh
# Prints the first Python that can build the environment: 3.11 or newer, with venv, pip and SQLite.
# PYTHON=/path/to/python chooses one by hand.
set -u
old=""
bare=""
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        old="$old $candidate ($version)"
        continue
    fi
    if ! "$candidate" -c 'import ensurepip, sqlite3, ssl, venv' 2>/dev/null; then
        bare="$bare $candidate ($version)"
        continue
    fi
    "$candidate" -c 'import sys; print(sys.executable)'
    exit 0
done
{
    echo "error: no usable Python found; Umimori needs Python 3.11 or newer with venv, ssl and sqlite3."
    [ -z "$old" ] || echo "  too old:$old"
    [ -z "$bare" ] || echo "  without venv, ssl or sqlite3:$bare"
    echo "  remedy (Debian, Ubuntu): sudo apt install python3 python3-venv"
    echo "  remedy (others): install Python 3.11+, then: make PYTHON=/path/to/python3 ..."
} >&2
exit 4
