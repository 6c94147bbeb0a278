# SPDX-License-Identifier: MIT
# Says at the end of a configure run what will be built and with what.
set(jackdaw_sanitize_shown "none")
if(JACKDAW_SANITIZE)
  list(JOIN JACKDAW_SANITIZE ", " jackdaw_sanitize_shown)
endif()
set(jackdaw_cache_shown "no")
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(jackdaw_cache_shown "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()
set(jackdaw_testing_shown "no (GoogleTest not found)")
if(TARGET jackdaw_testing)
  set(jackdaw_testing_shown "yes (GoogleTest ${GTest_VERSION})")
endif()
message(STATUS "jackdaw ${PROJECT_VERSION}
     compiler         ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}
     compiler cache   ${jackdaw_cache_shown}
     sanitizers       ${jackdaw_sanitize_shown}
     oneTBB           ${TBB_VERSION}
     jackdaw::testing ${jackdaw_testing_shown}
     tests            ${JACKDAW_BUILD_TESTS}, interleavings ${JACKDAW_BUILD_INTERLEAVINGS}
     examples         ${JACKDAW_BUILD_EXAMPLES}
     benchmarks       ${JACKDAW_BUILD_BENCH}")
