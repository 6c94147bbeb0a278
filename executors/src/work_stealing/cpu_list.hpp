// SPDX-License-Identifier: MIT
// Sets of CPUs, as the kernel writes them.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

namespace jackdaw::work_stealing {

/// CPUs by their numbers; as many as an affinity mask has room for.
using cpu_set = std::bitset<1024>;

/// The CPUs of a list such as "0-3,8,10-11"; none of an empty one. Null if it is no such list, or
/// if a CPU has no place in the set.
[[nodiscard]] std::optional<cpu_set> cpus_of_list(std::string_view list) noexcept;

}  // namespace jackdaw::work_stealing
