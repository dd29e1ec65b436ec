#!/bin/sh
# Sees to it that there is a Chromium: installs the distribution's packages where this is Debian or Ubuntu and we are
# root, else says what to do. The one without windows, where there is one, makes most tests quicker.
set -eu

has() { command -v "$1" >/dev/null; }
has_one() { has chromium || has chromium-browser || has google-chrome; }
install() { apt-get install --yes --quiet --no-install-recommends "$1" >/dev/null 2>&1; }

if has_one && has chromium-headless-shell; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
if [ "$(id -u)" -eq 0 ] && has apt-get; then
    has_one || install chromium || { apt-get update --quiet >/dev/null && install chromium; } || true
    has chromium-headless-shell || install chromium-headless-shell || true
fi
if has_one; then exit 0; fi
echo "The tests of the pages need Chromium. On Debian and Ubuntu: apt-get install chromium" >&2
exit 1
