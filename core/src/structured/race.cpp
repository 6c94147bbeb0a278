// SPDX-License-Identifier: MIT
#include <jackdaw/structured/race.hpp>

namespace jackdaw::base {

void report_losers(fork_join& join, const std::exception_ptr* errors, const outcome_kind* kinds,
                   std::uint32_t count, std::uint32_t winner) {
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i == winner || kinds[i] != outcome_kind::error) continue;
    join.parent().env->unhandled(
        {unhandled_error::source::race_loser, join.parent().name, errors[i]});
  }
}

void throw_all_failed(fork_join& join, const std::exception_ptr* errors, const outcome_kind* kinds,
                      std::uint32_t count) {
  std::vector<exception_group::leaf> leaves;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (kinds[i] == outcome_kind::error) leaves.push_back({errors[i], i, {}});
  }
  if (!leaves.empty()) throw exception_group(std::move(leaves));
  for (std::uint32_t i = 0; i < count; ++i) {
    if (errors[i] != nullptr) std::rethrow_exception(errors[i]);
  }
  throw cancelled(join.group().effective_reason());
}

}  // namespace jackdaw::base
