#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Prints the class path of the Java side of the conformance tests. The first call resolves Kafka's
# jars (pom.xml) with Maven, into ~/.m2, and compiles java/ into build/conformance; later calls need
# no network and a few milliseconds.
#
#   classpath.sh [--yes]
#
# Exit 0: printed. Exit 2: it cannot be had; stderr says why in its last line. Missing Debian
# packages are installed where --yes is given or CI is set, by root or where sudo asks for no
# password. FAULTLINE_OFFLINE=1: nothing is fetched or installed.

set -uo pipefail

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../../.." && pwd -P)
out=$root/build/conformance
offline=${FAULTLINE_OFFLINE:-}
say() { printf '%s\n' "$*" >&2; }
fail() { say "conformance: $*"; exit 2; }

# Printed if nothing has changed since it was made, and the jars are still there.
print_if_fresh() {
  local jar jars IFS=:
  [ -f "$out/classpath" ] && [ -d "$out/classes" ] || return 1
  local inputs=("$here/pom.xml" "$here/classpath.sh" "$here/java")
  [ -z "$(find "${inputs[@]}" -cnewer "$out/classpath" -print -quit)" ] || return 1
  read -r jars < "$out/classpath"
  # A tree that was copied names the classes of the other.
  case "$jars" in "$out/classes:"*) ;; *) return 1 ;; esac
  for jar in $jars; do [ -e "$jar" ] || return 1; done
  printf '%s\n' "$jars"
}

missing_packages() {
  command -v javac > /dev/null || printf '%s ' openjdk-17-jdk-headless
  command -v mvn > /dev/null || printf '%s ' maven
}

install_missing() {
  local packages as_root=()
  packages=$(missing_packages)
  packages=${packages% }
  [ -n "$packages" ] || return 0
  if [ -n "$offline" ] || { [ -z "${CI:-}" ] && [ "${1-}" != --yes ]; }; then
    fail "missing: $packages (Debian: apt-get install $packages; or classpath.sh --yes)"
  fi
  command -v apt-get > /dev/null || fail "missing, and this is not Debian: $packages"
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2> /dev/null || fail "missing, and this is not root: $packages"
    as_root=(sudo -n)
  fi
  say "conformance: installing $packages ..."
  apt_get() {
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y -q \
      --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" < /dev/null >> "$out/install.log" 2>&1
  }
  # shellcheck disable=SC2086  # A list of words.
  if ! apt_get install $packages && ! { apt_get update && apt_get install $packages; }; then
    tail -n 5 "$out/install.log" >&2
    fail "apt-get failed (all of its output: $out/install.log)"
  fi
}

resolve_jars() {
  local options=(-B -q -f "$here/pom.xml" -Dmdep.includeScope=runtime)
  options+=(-Dmdep.outputFile="$out/jars.new" dependency:build-classpath)
  if [ -f "$out/jars" ] && [ -z "$(find "$here/pom.xml" -cnewer "$out/jars")" ] && jars_exist; then
    return
  fi
  # Without the network first: most often all is in ~/.m2.
  if ! mvn -o "${options[@]}" > "$out/maven.log" 2>&1 < /dev/null; then
    [ -z "$offline" ] || fail "Kafka's jars are not in ~/.m2, and FAULTLINE_OFFLINE is set"
    say "conformance: fetching Kafka's jars with Maven ..."
    if ! mvn "${options[@]}" > "$out/maven.log" 2>&1 < /dev/null; then
      grep -m 3 ERROR "$out/maven.log" >&2
      fail "Maven could not fetch Kafka's jars (all of its output: $out/maven.log)"
    fi
  fi
  mv "$out/jars.new" "$out/jars"
}

jars_exist() {
  local jar jars IFS=:
  read -r jars < "$out/jars" || [ -n "$jars" ]
  for jar in $jars; do [ -e "$jar" ] || return 1; done
}

compile() {
  local classes=$out/classes.new lints=all,-processing,-classfile,-try
  rm -rf "$classes"
  mkdir -p "$classes"
  if ! javac --release 17 -Xlint:$lints -proc:none -cp "$(cat "$out/jars")" \
    -d "$classes" "$here"/java/*.java > "$out/javac.log" 2>&1; then
    cat "$out/javac.log" >&2
    fail "the Java code does not compile"
  fi
  rm -rf "$out/classes"
  mv "$classes" "$out/classes"
}

main() {
  print_if_fresh && return
  mkdir -p "$out" || fail "cannot write to $out"
  exec 9>> "$out/.lock"
  if command -v flock > /dev/null; then flock 9; fi
  print_if_fresh && return
  : > "$out/.started"
  install_missing "${1-}"
  resolve_jars
  compile
  printf '%s\n' "$out/classes:$(cat "$out/jars")" > "$out/classpath.new"
  # What is edited meanwhile counts as newer.
  touch -r "$out/.started" "$out/classpath.new"
  mv "$out/classpath.new" "$out/classpath"
  print_if_fresh || cat "$out/classpath"
}

main "$@"
