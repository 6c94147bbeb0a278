# SPDX-License-Identifier: MIT
# The warnings that our own sources compile without. Users never inherit them; presets make them
# errors.
add_library(jackdaw_warnings INTERFACE)
target_compile_options(jackdaw_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor -Wold-style-cast)
# GCC's -Wshadow objects to a constructor's parameter that is named as its member, clang's does not.
target_compile_options(jackdaw_warnings INTERFACE
  $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>)
# GCC 12 sees overlapping copies in std::string's operator+ that are not there (its PR105651).
target_compile_options(jackdaw_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
