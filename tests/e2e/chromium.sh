#!/bin/sh
# See to it that the browser tests have their browser: chromium on PATH, else Debian's package when we may install it.
set -eu

command -v chromium >/dev/null 2>&1 && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo 'Installing chromium for the browser tests ...'
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium >>"$log" 2>&1; then
        exit 0
    fi
    tail -n 5 "$log" >&2
fi

echo 'The browser tests need chromium and it is not on PATH: install it (Debian: apt-get install chromium) and run `make e2e` again.' >&2
exit 2
