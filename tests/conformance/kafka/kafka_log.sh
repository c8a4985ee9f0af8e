#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command of the Java side (see README.md): kafka_log.sh COMMAND ARGUMENTS...
# Exit 2 also if Java or Kafka's jars cannot be had.

here=$(dirname -- "${BASH_SOURCE[0]}")
classpath=$("$here/classpath.sh") || exit 2
# For the codecs' native libraries; the program removes it.
temporary=$(mktemp -d "${TMPDIR:-/tmp}/kafka_log.XXXXXX") || exit 2
# Short-lived: the second compiler and parallel collectors would cost more than they bring.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx768m \
  -Djava.io.tmpdir="$temporary" -cp "$classpath" faultline.conformance.KafkaLog "$@"
