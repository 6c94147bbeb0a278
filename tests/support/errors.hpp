// SPDX-License-Identifier: MIT
// Looking into exception pointers and outcomes.
#pragma once

#include <exception>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/structured/outcome.hpp>

namespace support {

/// What the tests throw.
struct failure {
  int code;
};

/// The exception as an E, alive as long as `e` is; null if it is something else.
template <class E>
const E* as(const std::exception_ptr& e) {
  if (e == nullptr) return nullptr;
  try {
    std::rethrow_exception(e);
  } catch (const E& error) {
    return &error;
  } catch (...) {
    return nullptr;
  }
}

/// The code of a `failure`; 0 if it is something else.
inline int code_of(const std::exception_ptr& e) {
  const failure* f = as<failure>(e);
  return f != nullptr ? f->code : 0;
}

/// Why a cancelled outcome was cancelled.
template <class T>
jackdaw::cancel_reason reason_of(const jackdaw::outcome<T>& o) {
  try {
    (void)o.value();
  } catch (const jackdaw::cancelled& c) {
    return c.reason();
  } catch (...) {
  }
  return jackdaw::cancel_reason(jackdaw::cancel_kind::shutdown, "this outcome is not cancelled");
}

}  // namespace support
