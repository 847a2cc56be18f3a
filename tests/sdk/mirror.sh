#!/usr/bin/env bash
# Prints the Debian mirror that this computer's own apt uses.
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
  grep -v security | head -1 | tr -d ' ')
echo "${mirror:-http://deb.debian.org/debian}"
