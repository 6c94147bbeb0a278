// SPDX-License-Identifier: MIT
#include <jackdaw/offload/thread_call.hpp>

#include <system_error>

namespace jackdaw {

void throw_no_thread() {
  throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again),
                          "jackdaw: no thread could be started for the function; lower the limits "
                          "of the pools, or raise those of the process (ulimit -u)");
}

}  // namespace jackdaw
