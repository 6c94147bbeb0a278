// SPDX-License-Identifier: MIT
#include "work_stealing/cpu_list.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace jackdaw::work_stealing {

namespace {

/// Takes a CPU's number off the front of the list.
std::optional<std::size_t> take_cpu(std::string_view& list) noexcept {
  std::size_t cpu = 0;
  const char* const begin = list.data();
  const auto [end, error] = std::from_chars(begin, begin + list.size(), cpu);
  if (error != std::errc{} || cpu >= cpu_set{}.size()) return std::nullopt;
  list.remove_prefix(static_cast<std::size_t>(end - begin));
  return cpu;
}

bool take(char wanted, std::string_view& list) noexcept {
  if (!list.starts_with(wanted)) return false;
  list.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<cpu_set> cpus_of_list(std::string_view list) noexcept {
  cpu_set cpus;
  if (list.empty()) return cpus;
  do {
    const std::optional<std::size_t> first = take_cpu(list);
    const std::optional<std::size_t> last = first && take('-', list) ? take_cpu(list) : first;
    if (!first || !last || *last < *first) return std::nullopt;
    for (std::size_t cpu = *first; cpu <= *last; ++cpu) cpus.set(cpu);
  } while (take(',', list));
  if (!list.empty()) return std::nullopt;
  return cpus;
}

}  // namespace jackdaw::work_stealing
