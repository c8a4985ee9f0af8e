#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Kafka against itself: that the commands of kafka_log.sh agree with each other, before they judge
# Faultline. Takes half a minute or a whole one. Exit 0: they do; 1: they do not; 2: Java or the jars
# cannot be had.

set -uo pipefail

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
"$here/classpath.sh" "$@" > /dev/null || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/kafka_self_check.XXXXXX")
broker=
trap 'stop_at_once; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failures=0

kafka() { "$here/kafka_log.sh" "$@" < /dev/null 2>> "$work/stderr"; }

# check WHAT COMMAND...: the command must succeed.
check() {
  local what=$1
  shift
  if "$@"; then
    printf 'ok      %s\n' "$what"
  else
    printf 'FAILED  %s\n' "$what"
    failures=$((failures + 1))
    return 1
  fi
}

# "log records crc" of each log in file $2 that has any of kind $1: all, data or committed.
sums() {
  sed -n 's/.*"log":"\([^"]*\)".*"'"$1"'":{"records":\([0-9]*\),"crc":"\([0-9a-f]*\)"}.*/\1 \2 \3/p' \
    "$2" | grep -v -e '^__' -e ' 0 00000000$' | sort
}

# same KIND FILE KIND FILE: not empty, and equal.
same() {
  sums "$1" "$2" > "$work/left"
  sums "$3" "$4" > "$work/right"
  [ -s "$work/left" ] && diff "$work/left" "$work/right" >&2
}

total() {
  sums "$1" "$2" | awk '{ records += $2 } END { print records + 0 " records in " NR " logs" }'
}

start_broker() {
  local i
  rm -f "$work/stdin" "$work/broker"
  mkfifo "$work/stdin"
  : > "$work/broker"
  "$here/kafka_log.sh" broker "$@" --max-seconds 120 \
    < "$work/stdin" > "$work/broker" 2>> "$work/stderr" &
  broker=$!
  exec 7> "$work/stdin"
  for ((i = 0; i < 600; i++)); do
    port=$(sed -n 's/.*"ready":true,"port":\([0-9]*\).*/\1/p' "$work/broker")
    [ -z "$port" ] || return 0
    kill -0 "$broker" 2> /dev/null || break
    sleep 0.1
  done
  cat "$work/broker" "$work/stderr" >&2
  return 1
}

# By "halt", as a kill; by the end of its stdin, cleanly.
end_broker() {
  local status
  if [ "$1" = halt ]; then echo halt >&7; fi
  exec 7>&-
  wait "$broker"
  status=$?
  broker=
  case "$1" in
    halt) [ $status = 137 ] ;;
    stop) [ $status = 0 ] && grep -q '"stopped":true' "$work/broker" ;;
  esac
}

stop_at_once() {
  if [ -n "$broker" ]; then kill -9 "$broker" 2> /dev/null; fi
}

# consume OUTPUT TOPIC... OPTIONS...
consume() {
  local output=$1
  shift
  kafka consume "$port" "$@" --summary > "$output"
}

dump_all() {
  kafka dump "$@" > "$work/dumped" && return
  grep -v '"mismatches":\[\]' "$work/dumped" >&2
  return 1
}

objects() { ! kafka "$@" > /dev/null; }

through_a_broker() {
  local topics=(plain keyed big appendtime codecs transactions)
  check 'a broker starts on an empty directory' start_broker "$work/served" || return
  check 'its producer: five codecs, transactions, a record of 5 MB' \
    eval 'kafka produce "$port" "$here/scripts/produce.json" > "$work/produced"'
  check 'its consumer reads all' consume "$work/consumed" "${topics[@]}"
  check 'its consumer reads what is committed' \
    consume "$work/committed" "${topics[@]}" --read-committed
  check 'the broker is killed' end_broker halt
  check "consumed = produced: $(total data "$work/produced")" \
    same data "$work/produced" data "$work/consumed"
  check "consumed with read_committed = committed: $(total committed "$work/produced")" \
    same committed "$work/produced" data "$work/committed"

  check 'the segment files can be read' eval 'kafka read "$work/served" --summary > "$work/read"'
  check 'the logs are recovered as after a kill, and closed' \
    eval 'kafka open "$work/served" --close > "$work/opened" &&
      grep -q "\"clean\":false" "$work/opened"'
  check "recovered = read from the files, with control records: $(total all "$work/opened")" \
    same all "$work/read" all "$work/opened"
  check 'recovered = produced' same data "$work/produced" data "$work/opened"
  check 'recovered and committed = committed' \
    same committed "$work/produced" committed "$work/opened"
  # Not in the metadata log, which is Raft's, not recovered, and so has an unused index.
  check 'DumpLogSegments finds no fault' dump_all "$work"/served/[a-z]*-[0-9]*
}

from_a_script() {
  check "Kafka's log code writes two logs from a script" \
    eval 'kafka write "$work/written" "$here/scripts/write.json" > "$work/steps"'
  check 'and once more' eval 'kafka write "$work/again" "$here/scripts/write.json" > /dev/null'
  check "the same bytes in $(find "$work/written" -type f | wc -l) files" \
    diff -r "$work/written" "$work/again"
  check 'DumpLogSegments finds no fault' dump_all --compacted "$work"/written/*-0
  check 'they were closed cleanly' \
    eval 'kafka open "$work/written" --time 1700000060000 --close > "$work/opened" &&
      grep -q "\"clean\":true" "$work/opened"'
  check 'a broker adopts them' start_broker "$work/written" --adopt orders --adopt latest || return
  check 'its consumer reads them' consume "$work/consumed" orders latest
  check 'and what is committed' consume "$work/committed" orders latest --read-committed
  check 'the broker stops cleanly' end_broker stop
  check "consumed = opened: $(total data "$work/opened")" \
    same data "$work/opened" data "$work/consumed"
  check "consumed with read_committed = committed: $(total committed "$work/opened")" \
    same committed "$work/opened" data "$work/committed"
  check 'the topic has kept its id' \
    grep -q Zm9vYmFyZm9vYmFyZm9vYg "$work/written/orders-0/partition.metadata"
}

# A judge that never objects would be of no use.
with_damage() {
  local log=$work/again/orders-0/00000000000000000228.log
  printf 'X' | dd of="$log" bs=1 seek=1000 conv=notrunc status=none
  check 'a damaged byte: read objects' objects read "$work/again"
  check 'a damaged byte: dump objects' objects dump "$log"
  printf '\0\0\0\7\0\0\0\0' > "${log%.log}.index"
  check 'a wrong index entry: dump objects' objects dump "${log%.log}.index"
}

main() {
  through_a_broker
  from_a_script
  with_damage
  if [ $failures -gt 0 ]; then
    printf '%s checks failed; stderr of the commands:\n' $failures
    tail -n 30 "$work/stderr"
    return 1
  fi
  echo 'all agree'
}

main
