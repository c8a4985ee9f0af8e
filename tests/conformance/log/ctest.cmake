# SPDX-License-Identifier: Apache-2.0
#
# Read by ctest itself, each time it starts: whether there is a Java to compare with is known only
# then. Without one, and outside CI, the test is not listed, and ctest's output says so. `program`:
# the path of conformance_tests.

if(NOT EXISTS "${program}")
  add_test(conformance_tests_NOT_BUILT conformance_tests_NOT_BUILT)
  return()
endif()
execute_process(COMMAND sh -c "command -v javac && command -v mvn"
                RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
if(missing AND "$ENV{CI}" STREQUAL "")
  message("SKIPPED: Conformance, which needs Java and Maven (Debian: openjdk-17-jdk-headless maven)")
else()
  add_test(Conformance "${program}")
  set_tests_properties(Conformance PROPERTIES TIMEOUT 900 PROCESSORS 2)
endif()
