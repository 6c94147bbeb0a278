// SPDX-License-Identifier: MIT
#include "runtime/environment.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace jackdaw::environment {

std::size_t workers() {
  const char* const wanted = std::getenv("JACKDAW_WORKERS");
  if (wanted == nullptr) return usable_cpus();
  char* end = nullptr;
  const unsigned long n = std::strtoul(wanted, &end, 10);
  if (end == wanted || *end != '\0' || n == 0 || n > 4096) {
    throw std::invalid_argument(
        "jackdaw: JACKDAW_WORKERS is \"" + std::string(wanted) +
        "\"; set it to a number from 1 to 4096, or unset it for one worker per usable CPU");
  }
  return n;
}

io_backend io() {
  const char* const wanted = std::getenv("JACKDAW_IO");
  const std::string_view name = wanted != nullptr ? wanted : "automatic";
  if (name == "automatic") return io_backend::automatic;
  if (name == "epoll") return io_backend::epoll;
  throw std::invalid_argument("jackdaw: JACKDAW_IO is \"" + std::string(name) +
                              "\"; set it to automatic or epoll, or unset it");
}

}  // namespace jackdaw::environment
