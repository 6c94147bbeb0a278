# SPDX-License-Identifier: MIT
# Uses ccache when it is installed and nobody chose a launcher.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(JACKDAW_CCACHE ccache)
  mark_as_advanced(JACKDAW_CCACHE)
  if(JACKDAW_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${JACKDAW_CCACHE})
  endif()
endif()
