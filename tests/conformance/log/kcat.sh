#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Prints where kcat is: librdkafka's producer as a program, another than Kafka's own, for
# conformance_tests. Where CI is set it is installed (Debian). Exit 2: there is none; the last line
# on stderr says why.

set -uo pipefail

fail() { printf 'kcat: %s\n' "$*" >&2; exit 2; }
command -v kcat || command -v kafkacat && exit 0
[ -n "${CI:-}" ] && [ -z "${FAULTLINE_OFFLINE:-}" ] || fail 'missing (Debian: apt-get install kcat)'
command -v apt-get > /dev/null || fail 'missing, and this is not Debian'
as_root=()
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2> /dev/null || fail 'missing, and this is not root'
  as_root=(sudo -n)
fi
apt_get() {
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y -q \
    --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" < /dev/null >&2
}
apt_get install kcat || { apt_get update && apt_get install kcat; } || fail 'apt-get failed'
command -v kcat || fail 'installed, but not to be found'
