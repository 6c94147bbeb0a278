// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/cancelled.hpp>

namespace jackdaw::base {

namespace {

cancel_reason reason_of(const std::exception_ptr& e) {
  if (e == nullptr) return {};
  try {
    std::rethrow_exception(e);
  } catch (const cancelled& c) {
    return c.reason();
  } catch (...) {
    return {};
  }
}

}  // namespace

std::exception_ptr as_foreign(const std::exception_ptr& e, const std::string& where) {
  const cancel_reason why = reason_of(e);
  std::string text =
      "jackdaw: " + where +
      " ended with jd::cancelled although nobody had cancelled it; catch it where you await " +
      "what others may cancel (reason: ";
  text.append(to_string(why.kind()));
  if (!why.text().empty()) text.append(", ").append(why.text());
  return std::make_exception_ptr(foreign_cancelled(text + ")", why));
}

}  // namespace jackdaw::base
