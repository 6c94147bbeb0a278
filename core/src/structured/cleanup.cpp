// SPDX-License-Identifier: MIT
#include <jackdaw/structured/cleanup.hpp>

#include <utility>
#include <vector>

namespace jackdaw::base {

void throw_after_cleanup(outcome_kind body, const std::exception_ptr& body_error,
                         const std::exception_ptr& cleanup_error) {
  if (cleanup_error == nullptr) return;
  if (body != outcome_kind::error) std::rethrow_exception(cleanup_error);
  std::vector<exception_group::leaf> both;
  both.push_back({body_error, exception_group::body, "body"});
  both.push_back({cleanup_error, 0, "cleanup"});
  throw exception_group(std::move(both));
}

}  // namespace jackdaw::base
