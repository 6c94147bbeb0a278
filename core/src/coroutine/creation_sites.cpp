// SPDX-License-Identifier: MIT
#include <jackdaw/coroutine/creation_sites.hpp>

#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw::base {

namespace {

/// The innermost frames of a stack.
struct site {
  static constexpr int depth_max = 8;
  static constexpr int own_frames = 2;  // note_creation and the promise's operator new

  std::array<void*, depth_max> frames{};
  int depth = 0;
  bool in_a_runtime = false;  // created while there was one, and not reported

  void print() const {
    std::fflush(stderr);
    const int skipped = depth > own_frames ? own_frames : 0;
    ::backtrace_symbols_fd(frames.data() + skipped, depth - skipped, STDERR_FILENO);
  }
};

struct site_table {
  small_mutex lock;  // guards the rest
  std::unordered_map<const void*, site> sites;
  std::size_t runtimes = 0;  // that live
};

site_table& table() {
  static site_table* const the_table = new site_table;  // outlives every thread
  return *the_table;
}

}  // namespace

bool debugging() noexcept {
  static const bool wanted = [] {
    const char* const text = std::getenv("JACKDAW_DEBUG");
    return text != nullptr && *text != '\0' && std::string_view(text) != "0";
  }();
  return wanted;
}

void note_creation(const void* frame) noexcept {
  if (!debugging()) return;
  try {
    site here;
    here.depth = ::backtrace(here.frames.data(), site::depth_max);
    site_table& t = table();
    const std::lock_guard guard(t.lock);
    here.in_a_runtime = t.runtimes != 0;
    t.sites.insert_or_assign(frame, here);
  } catch (...) {  // no memory: the site stays unknown
  }
}

void forget_creation(const void* frame) noexcept {
  if (!debugging()) return;
  site_table& t = table();
  const std::lock_guard guard(t.lock);
  t.sites.erase(frame);
}

void report_never_awaited(const void* frame) noexcept {
  if (!debugging()) return;
  site_table& t = table();
  const std::lock_guard guard(t.lock);
  std::fputs(
      "jackdaw: a task was destroyed that nobody has awaited; it has done nothing. Write co_await, "
      "spawn it in a group, or pass it to jd::run.",
      stderr);
  const auto found = t.sites.find(frame);
  if (found == t.sites.end()) {
    std::fputs(" Compile without NDEBUG to see where it was created.\n", stderr);
    return;
  }
  std::fputs(" Created at (addr2line -Cfie PROGRAM ADDRESS gives the line):\n", stderr);
  found->second.print();
}

leak_watch::leak_watch() noexcept {
  if (!debugging()) return;
  site_table& t = table();
  const std::lock_guard guard(t.lock);
  ++t.runtimes;
}

leak_watch::~leak_watch() {
  if (!debugging()) return;
  site_table& t = table();
  const std::lock_guard guard(t.lock);
  if (--t.runtimes != 0) return;
  for (auto& [frame, where] : t.sites) {
    if (!where.in_a_runtime) continue;
    where.in_a_runtime = false;
    std::fputs(
        "jackdaw: a coroutine has leaked: it still exists, and the last runtime has ended. Created "
        "at (addr2line -Cfie PROGRAM ADDRESS gives the line):\n",
        stderr);
    where.print();
  }
}

void trap_awaited_again() noexcept {
  std::fputs(
      "jackdaw: a task was awaited that was awaited before, or moved from; a task runs once: call "
      "its function again for another one\n",
      stderr);
  std::abort();
}

}  // namespace jackdaw::base
