#!/bin/sh
# Sees to it that there is a Chromium: installs the distribution's package where this is Debian or Ubuntu and we are
# root, else says what to do. The package without windows is taken where there is one: the tests are quicker with it.
set -eu

has() { command -v "$1" >/dev/null; }
has_one() { has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome; }
install() { apt-get install --yes --quiet --no-install-recommends "$1" >/dev/null 2>&1; }

if has chromium-headless-shell; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
if [ "$(id -u)" -eq 0 ] && has apt-get; then
    install chromium-headless-shell && exit 0
    if has_one; then exit 0; fi
    apt-get update --quiet >/dev/null
    install chromium-headless-shell || install chromium || true
fi
if has_one; then exit 0; fi
echo "The tests of the pages need Chromium. On Debian and Ubuntu: apt-get install chromium" >&2
exit 1
