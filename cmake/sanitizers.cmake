# SPDX-License-Identifier: MIT
# One INTERFACE target that carries the sanitizer flags of this build (none by default).
add_library(jackdaw_sanitizers INTERFACE)

if("thread" IN_LIST JACKDAW_SANITIZE AND "address" IN_LIST JACKDAW_SANITIZE)
  message(FATAL_ERROR
    "JACKDAW_SANITIZE is '${JACKDAW_SANITIZE}', but these two sanitizers exclude each other.\n"
    "Make two builds: cmake --preset asan and cmake --preset tsan.")
endif()

if(JACKDAW_SANITIZE)
  list(JOIN JACKDAW_SANITIZE "," jackdaw_sanitizer_names)
  set(jackdaw_sanitizer_flags -fsanitize=${jackdaw_sanitizer_names} -fno-sanitize-recover=all)
  target_compile_options(jackdaw_sanitizers INTERFACE
    ${jackdaw_sanitizer_flags} -fno-omit-frame-pointer -g)
  target_link_options(jackdaw_sanitizers INTERFACE ${jackdaw_sanitizer_flags})
endif()
