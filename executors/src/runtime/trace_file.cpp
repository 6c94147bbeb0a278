// SPDX-License-Identifier: MIT
#include "runtime/trace_file.hpp"

#include <cerrno>
#include <mutex>
#include <system_error>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

namespace {

std::int64_t nanoseconds_now() noexcept { return clock::now().time_since_epoch().count(); }

std::string path_of_next(const std::string& path) {
  static base::atomic<std::uint32_t> made{0};  // counts; orders nothing
  const std::uint32_t n = made.fetch_add(1, std::memory_order_relaxed) + 1;
  return n == 1 ? path : path + "." + std::to_string(n);
}

// A name may hold anything; JSON strings may not.
std::string quoted(const running_task& task) {
  std::string out = "\"";
  for (const char c : task.text()) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

}  // namespace

trace_file::trace_file(const std::string& path, std::size_t workers)
    : rows_(workers), start_(nanoseconds_now()) {
  const std::string name = path_of_next(path);
  file_.reset(std::fopen(name.c_str(), "we"));
  if (file_ == nullptr) {
    throw std::system_error(errno, std::generic_category(), "jackdaw: JACKDAW_TRACE=" + name);
  }
  std::fputs("[", file_.get());
  for (std::size_t i = 0; i < workers; ++i) {
    rows_[i].events.reserve(events_at_once);
    std::fprintf(
        file_.get(),
        "%s\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%zu,\"args\":{\"name\":"
        "\"worker %zu\"}}",
        i == 0 ? "" : ",", i, i);
  }
}

// The workers have ended.
trace_file::~trace_file() {
  for (std::uint32_t i = 0; i < rows_.size(); ++i) write(i);
  std::fputs("\n]\n", file_.get());
}

void trace_file::begins(std::uint32_t worker, work& w) noexcept {
  event& e = rows_[worker].now;
  e.task = running_task::of(w);
  e.begin = nanoseconds_now();
}

void trace_file::ends(std::uint32_t worker) noexcept {
  row& mine = rows_[worker];
  mine.now.end = nanoseconds_now();
  mine.events.push_back(mine.now);  // never beyond its capacity
  if (mine.events.size() == events_at_once) write(worker);
}

void trace_file::write(std::uint32_t worker) noexcept {
  const std::lock_guard guard(lock_);
  for (const event& e : rows_[worker].events) {
    try {
      std::fprintf(file_.get(),
                   ",\n{\"name\":%s,\"ph\":\"X\",\"pid\":1,\"tid\":%u,\"ts\":%.3f,\"dur\":%.3f}",
                   quoted(e.task).c_str(), worker, static_cast<double>(e.begin - start_) / 1000,
                   static_cast<double>(e.end - e.begin) / 1000);
    } catch (...) {  // no memory for its name: left out
    }
  }
  rows_[worker].events.clear();
}

}  // namespace jackdaw
