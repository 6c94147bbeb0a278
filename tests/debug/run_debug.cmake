# SPDX-License-Identifier: MIT
# Runs a program with JACKDAW_DEBUG=1 and JACKDAW_TRACE. Its stderr must hold every text that the
# source's `// expect: ` comments name, or be empty if there is none; the trace must be valid JSON
# whose first event of a task has the name that `// traced: ` gives, if that is there.
# cmake -D PROGRAM=x -D SOURCE=x.cpp -P run_debug.cmake
set(trace ${PROGRAM}.trace.json)
file(REMOVE ${trace})
execute_process(COMMAND ${CMAKE_COMMAND} -E env JACKDAW_DEBUG=1 JACKDAW_TRACE=${trace} JACKDAW_WORKERS=2 ${PROGRAM}
  RESULT_VARIABLE result ERROR_VARIABLE said)

file(STRINGS ${SOURCE} expected REGEX "^// expect: ")
foreach(line ${expected})
  string(REGEX REPLACE "^// expect: " "" text "${line}")
  string(FIND "${said}" "${text}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "expected: ${text}\nsaid    : ${said}")
  endif()
endforeach()
if(NOT expected AND NOT said STREQUAL "")
  message(FATAL_ERROR "nothing should be said, but: ${said}")
endif()

file(STRINGS ${SOURCE} traced REGEX "^// traced: ")
if(traced)
  string(REGEX REPLACE "^// traced: " "" name "${traced}")
  file(READ ${trace} events)
  string(JSON count LENGTH "${events}")  # fails unless it is JSON
  string(FIND "${events}" "${name}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "no event is named ${name} among ${count}")
  endif()
endif()

file(STRINGS ${SOURCE} aborts REGEX "^// aborts")
if(NOT aborts AND NOT result EQUAL 0)
  message(FATAL_ERROR "ended with ${result}: ${said}")
endif()
if(aborts AND result EQUAL 0)
  message(FATAL_ERROR "did not abort: ${said}")
endif()
