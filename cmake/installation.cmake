# SPDX-License-Identifier: MIT
# Installs what find_package(jackdaw) and pkg-config need.
include(CMakePackageConfigHelpers)
set(jackdaw_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw)

install(TARGETS jackdaw_core jackdaw_executors jackdaw EXPORT jackdaw_targets FILE_SET HEADERS)
install(EXPORT jackdaw_targets FILE jackdaw-targets.cmake NAMESPACE jackdaw::
        DESTINATION ${jackdaw_cmake_dir})
if(TARGET jackdaw_testing)
  install(TARGETS jackdaw_testing EXPORT jackdaw_testing_targets FILE_SET HEADERS)
  install(EXPORT jackdaw_testing_targets FILE jackdaw-testing-targets.cmake NAMESPACE jackdaw::
          DESTINATION ${jackdaw_cmake_dir})
endif()

configure_package_config_file(cmake/jackdaw-config.cmake.in jackdaw-config.cmake
  INSTALL_DESTINATION ${jackdaw_cmake_dir})
write_basic_package_version_file(jackdaw-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/jackdaw-config.cmake
              ${PROJECT_BINARY_DIR}/jackdaw-config-version.cmake
        DESTINATION ${jackdaw_cmake_dir})

# The .pc file finds its prefix from its own place, so that an install tree can be moved.
file(RELATIVE_PATH jackdaw_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" jackdaw_pc_prefix "${jackdaw_pc_prefix}")
set(jackdaw_pc_flags "-std=c++20 -pthread")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  string(APPEND jackdaw_pc_flags " -foptimize-sibling-calls")
endif()
configure_file(cmake/jackdaw.pc.in jackdaw.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/jackdaw.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
