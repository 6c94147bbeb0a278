# SPDX-License-Identifier: MIT
# What jackdaw builds on. Nothing is downloaded; an error names the Debian package.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

find_package(TBB 2021 QUIET CONFIG)
if(NOT TARGET TBB::tbb)
  message(FATAL_ERROR
    "oneTBB 2021 or newer was not found; jackdaw runs CPU bursts on it.\n"
    "Debian and Ubuntu: apt-get install libtbb-dev.\n"
    "Elsewhere: set TBB_DIR to the folder of TBBConfig.cmake.")
endif()

find_package(GTest 1.12 QUIET)
if(JACKDAW_BUILD_TESTS AND NOT TARGET GTest::gtest_main)
  message(FATAL_ERROR
    "GoogleTest 1.12 or newer was not found; the tests need it.\n"
    "Debian and Ubuntu: apt-get install libgtest-dev libgmock-dev.\n"
    "Or build without tests: -DJACKDAW_BUILD_TESTS=OFF.")
endif()
