// SPDX-License-Identifier: MIT
#include "runtime/observers.hpp"

#include <cstdlib>

#include <jackdaw/coroutine/creation_sites.hpp>

namespace jackdaw {

std::unique_ptr<observers> observers::wanted(std::size_t workers, const services& env) {
  const char* const trace = std::getenv("JACKDAW_TRACE");
  const bool tracing = trace != nullptr && *trace != '\0';
  if (!base::debugging() && !tracing) return nullptr;
  auto all = std::make_unique<observers>();
  if (base::debugging()) all->watch_.emplace(workers, env);
  if (tracing) all->trace_.emplace(trace, workers);
  return all;
}

}  // namespace jackdaw
