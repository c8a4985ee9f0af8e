# SPDX-License-Identifier: Apache-2.0
#
# Read by ctest itself, each time it starts. No test fetches anything: this one is listed once
# classpath.sh has been called by hand or by CI, and ctest's output says so until then. A run that
# compared nothing is reported as skipped, never as passed. `program`: the path of conformance_tests;
# `cluster_program`: that of cluster_conformance_tests.

if(NOT EXISTS "${program}")
  add_test(conformance_tests_NOT_BUILT conformance_tests_NOT_BUILT)
  return()
endif()
if(NOT EXISTS "${CMAKE_CURRENT_LIST_DIR}/../../../build/conformance/classpath")
  message("SKIPPED: Conformance; tests/conformance/kafka/classpath.sh gets Kafka's jars for it")
else()
  add_test(Conformance "${program}")
  set_tests_properties(Conformance PROPERTIES TIMEOUT 900 PROCESSORS 2 ENVIRONMENT FAULTLINE_OFFLINE=1
                       SKIP_REGULAR_EXPRESSION "SKIPPED: nothing is compared")
  if(EXISTS "${cluster_program}")
    add_test(ConformanceOfClusters "${cluster_program}")
    set_tests_properties(ConformanceOfClusters PROPERTIES TIMEOUT 1200 PROCESSORS 2 ENVIRONMENT FAULTLINE_OFFLINE=1
                         SKIP_REGULAR_EXPRESSION "SKIPPED: nothing is compared")
  endif()
endif()
