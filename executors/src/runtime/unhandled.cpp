// SPDX-License-Identifier: MIT
#include "runtime/unhandled.hpp"

#include <cstdio>
#include <exception>
#include <string>

#include <jackdaw/cancellation/cancelled.hpp>

namespace jackdaw {

namespace {

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (const cancelled&) {
    return "jd::cancelled";
  } catch (...) {
    return "an exception of unknown type";
  }
}

const char* describe(unhandled_error::source source) noexcept {
  switch (source) {
    case unhandled_error::source::background: return "a background task failed";
    case unhandled_error::source::gather_later: return "a later task of a gather failed as well";
    case unhandled_error::source::race_loser: return "the loser of a race failed";
    case unhandled_error::source::handler: return "a handler failed";
  }
  return "unknown source";
}

}  // namespace

void print_unhandled(const unhandled_error& e) noexcept {
  try {
    std::fprintf(stderr, "jackdaw: %s%s%.*s: %s\n", describe(e.kind),
                 e.task_name.empty() ? "" : ": ", static_cast<int>(e.task_name.size()),
                 e.task_name.data(), describe(e.error).c_str());
  } catch (...) {
    std::fputs("jackdaw: an error went unhandled, and there was no memory to describe it\n",
               stderr);
  }
}

}  // namespace jackdaw
