# SPDX-License-Identifier: MIT
# jackdaw_add_tests(NAME SOURCES... [LIBRARIES...] [TIMEOUT seconds]): one GoogleTest executable,
# a ctest entry per test.
include(GoogleTest)

function(jackdaw_add_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 tests "" "TIMEOUT" "SOURCES;LIBRARIES")
  if(NOT tests_SOURCES)
    message(STATUS "${name}: no test files yet")
    return()
  endif()
  if(NOT tests_TIMEOUT)
    set(tests_TIMEOUT 60)
  endif()
  add_executable(${name} ${tests_SOURCES})
  target_include_directories(${name} PRIVATE
    ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/core/src ${PROJECT_SOURCE_DIR}/executors/src)
  target_link_libraries(${name} PRIVATE
    jackdaw::testing GTest::gmock GTest::gtest_main ${tests_LIBRARIES}
    jackdaw_warnings jackdaw_sanitizers)
  string(REGEX REPLACE "_tests$" "" label ${name})
  gtest_discover_tests(${name}
    TEST_PREFIX "${label}: "
    DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT ${tests_TIMEOUT} LABELS ${label})
endfunction()
