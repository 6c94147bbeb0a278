# SPDX-License-Identifier: MIT
# Compiles one canary in a process of its own, runs it, and compares what was seen with what is
# recorded:
# right, faulty (wrong result, crash or hang) or rejected (does not compile).
# cmake -D COMPILER=g++ -D SOURCE=x.cpp -D FLAGS="-O2" -D RECORDED=faulty
#   -D PROGRAM=/tmp/x -P run_canary.cmake
separate_arguments(FLAGS)
execute_process(
  COMMAND ${COMPILER} -std=c++20 -pthread ${FLAGS} ${SOURCE} -o ${PROGRAM}
  RESULT_VARIABLE compiled ERROR_VARIABLE messages OUTPUT_QUIET)
if(NOT compiled EQUAL 0)
  set(seen rejected)
else()
  execute_process(COMMAND ${PROGRAM} RESULT_VARIABLE result TIMEOUT 20 OUTPUT_QUIET ERROR_QUIET)
  if(result STREQUAL "0")
    set(seen right)
  else()
    set(seen faulty)
  endif()
endif()

get_filename_component(name ${SOURCE} NAME_WE)
if(NOT seen STREQUAL RECORDED)
  message(FATAL_ERROR
    "${name} with ${COMPILER} ${FLAGS} is ${seen}, and tests/compilers/CMakeLists.txt records it as ${RECORDED}.\n"
    "If the compiler has changed, record the new result there and in docs/compilers.md; if it became worse, look for "
    "the form in our sources first.\n${messages}")
endif()
message(STATUS "${name} with ${COMPILER} ${FLAGS}: ${seen}, as recorded")
