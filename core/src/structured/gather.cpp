// SPDX-License-Identifier: MIT
#include <jackdaw/structured/gather.hpp>

namespace jackdaw::base {

void throw_gathered(fork_join& join, const std::exception_ptr* errors, const outcome_kind* kinds,
                    std::uint32_t count) {
  const std::uint32_t first = join.decisive();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i == first || kinds[i] != outcome_kind::error) continue;
    join.parent().env->unhandled(
        {unhandled_error::source::gather_later, join.parent().name, errors[i]});
  }
  if (first != fork_join::none) {
    if (kinds[first] == outcome_kind::error) std::rethrow_exception(errors[first]);
    std::rethrow_exception(as_foreign(errors[first], "a task of a gather"));
  }
  // No error: what unwound them came from outside.
  for (std::uint32_t i = 0; i < count; ++i) {
    if (errors[i] != nullptr) std::rethrow_exception(errors[i]);
  }
  throw cancelled(join.group().effective_reason());
}

}  // namespace jackdaw::base
