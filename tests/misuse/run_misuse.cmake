# SPDX-License-Identifier: MIT
# Compiles a file that must not compile, and wants its first error, or a static assertion, to say
# what the file's `// expect: ` comment says (for GCC `// expect of gcc: `, if there is one). With -D WELL_USED the file shows the right use, which
# must compile.
# cmake -D COMPILER=clang++ -D SOURCE=x.cpp -D "FLAGS=-Iinclude" -P run_misuse.cmake
get_filename_component(name ${SOURCE} NAME)
separate_arguments(FLAGS)
list(PREPEND FLAGS -std=c++20 -fsyntax-only -Werror=unused-result -Werror=unused-value)

file(STRINGS ${SOURCE} expected REGEX "^// expect: ")
list(LENGTH expected count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "${name} has ${count} lines that begin with '// expect: '; write exactly one.")
endif()
string(REGEX REPLACE "^// expect: " "" expected "${expected}")
# Where the words are the compiler's own, GCC's differ.
file(STRINGS ${SOURCE} expected_of_gcc REGEX "^// expect of gcc: ")
if(expected_of_gcc AND COMPILER MATCHES "g[+][+](-[0-9]+)?$" AND NOT COMPILER MATCHES "clang")
  string(REGEX REPLACE "^// expect of gcc: " "" expected "${expected_of_gcc}")
endif()

# A file that fails for another reason than its misuse would prove nothing.
execute_process(COMMAND ${COMPILER} ${FLAGS} -D WELL_USED ${SOURCE} RESULT_VARIABLE result ERROR_VARIABLE messages)
if(NOT result EQUAL 0)
  message(FATAL_ERROR
    "${name} does not compile with -D WELL_USED either, so its misuse proves nothing.\n"
    "Put the misuse under #ifndef WELL_USED, or the right use under its #else.\n${messages}")
endif()

execute_process(COMMAND ${COMPILER} ${FLAGS} ${SOURCE} RESULT_VARIABLE result ERROR_VARIABLE messages)
if(result EQUAL 0)
  message(FATAL_ERROR "${name} compiles, but it is a misuse that must be refused with: ${expected}")
endif()
string(REGEX MATCH "error: [^\n]*" first_error "${messages}")
string(REGEX MATCHALL "static assertion failed[^\n]*" assertions "${messages}")
string(FIND "${first_error}\n${assertions}" "${expected}" place)
if(place EQUAL -1)
  message(FATAL_ERROR
    "${name} is refused, but not in the words that its user needs.\n"
    "expected: ${expected}\nfirst    : ${first_error}\nasserted : ${assertions}\n\n${messages}")
endif()
message(STATUS "${name} is refused: ${expected}")
