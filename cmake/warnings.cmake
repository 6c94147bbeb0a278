# SPDX-License-Identifier: MIT
# The warnings that our own sources compile without. Users never inherit them; presets make them errors.
add_library(jackdaw_warnings INTERFACE)
target_compile_options(jackdaw_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast)
