#!/usr/bin/env bash
# Installs the calendar programs, and the verifier of signatures, of web/e2e/calendar-clients.txt in a folder of their own, once, and prints that folder.
source "$(dirname "$0")/common.sh"

folder="${CARGO_TARGET_DIR:-target}/calendar-clients"
wanted=web/e2e/calendar-clients.txt
if ! cmp -s "$wanted" "$folder/installed.txt"; then
  python3 -m venv --clear "$folder" >&2 || die "The calendar clients need Python with venv: sudo apt-get install -y python3-venv"
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" >&2
  cp "$wanted" "$folder/installed.txt"
fi
(cd "$folder" && pwd)
