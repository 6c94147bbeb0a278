// SPDX-License-Identifier: MIT
#include <jackdaw/runtime.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/executors/blocking_pool.hpp>
#include <jackdaw/executors/tbb_executor.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/structured/background_registry.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/errors.hpp>

#include "reactor/reactor.hpp"

namespace jackdaw {

namespace {

std::size_t worker_count(const runtime_options& options) {
  if (options.workers != 0) return options.workers;
  const char* wanted = std::getenv("JACKDAW_WORKERS");
  if (wanted == nullptr) return usable_cpus();
  char* end = nullptr;
  const unsigned long n = std::strtoul(wanted, &end, 10);
  if (end == wanted || *end != '\0' || n == 0 || n > 4096) {
    throw std::invalid_argument(
        "jackdaw: JACKDAW_WORKERS is \"" + std::string(wanted) +
        "\"; set it to a number from 1 to 4096, or unset it for one worker per usable CPU");
  }
  return n;
}

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

void print(const unhandled_error& e) noexcept {
  try {
    std::fprintf(stderr, "jackdaw: %s%s%.*s: %s\n", describe(e.kind),
                 e.task_name.empty() ? "" : ": ", static_cast<int>(e.task_name.size()),
                 e.task_name.data(), describe(e.error).c_str());
  } catch (...) {
    std::fputs("jackdaw: an error went unhandled, and there was no memory to describe it\n",
               stderr);
  }
}

}  // namespace

class runtime::core final : public services {
 public:
  explicit core(const runtime_options& options)
      : services(pool_, pool_, background_),
        pool_({.workers = worker_count(options), .poller = &reactor_, .env = this}),
        options_(options) {
    blocking = &blocking_;
    bursts = &bursts_;
    io = &reactor_;
    cleanup_grace_ns = options.grace.count();
  }

  ~core() { end_background(); }

  void unhandled(const unhandled_error& e) noexcept override {
    unhandled_count.fetch_add(1, std::memory_order_relaxed);  // a counter; orders nothing
    if (hook == nullptr) return print(e);
    try {
      hook(e);
    } catch (...) {
      print(e);
    }
  }

  /// Runs a root to its end; the last run to end takes the background tasks with it.
  void drive(root_base& root) noexcept {
    active_runs_.fetch_add(1, std::memory_order_relaxed);  // counts; acq_rel below orders
    root.schedule();
    root.wait();
    if (active_runs_.fetch_sub(1, std::memory_order_acq_rel) == 1) end_background();
  }

  // Cancel, grace, hard cancel, report (S44, S50).
  void end_background() noexcept {
    if (background_.size() == 0) return;
    const std::int64_t now = pool_.now();
    background_.cancel_all(cancel_reason(cancel_kind::shutdown, "the runtime is ending"), false);
    if (background_.wait_until_empty(now + options_.grace.count())) return;
    background_.cancel_all(cancel_reason(cancel_kind::shutdown, "the runtime's grace has passed"),
                           true);
    if (background_.wait_until_empty(now + options_.hard_deadline.count())) return;
    std::fprintf(stderr,
                 "jackdaw: %zu background task managers have not ended %lld s after the cancel; "
                 "what never reaches a checkpoint "
                 "cannot be cancelled. Waiting for them.\n",
                 background_.size(),
                 static_cast<long long>(options_.hard_deadline.count() / 1'000'000'000));
    (void)background_.wait_until_empty(INT64_MAX);
  }

  std::function<void(const unhandled_error&)> hook;
  base::atomic<std::uint64_t> unhandled_count{0};
  background_registry background_;
  reactor::reactor reactor_;
  work_stealing_pool pool_;
  blocking_pool blocking_;
  tbb_executor bursts_;

 private:
  runtime_options options_;
  base::atomic<std::uint32_t> active_runs_{0};  // written by drive()
};

runtime::runtime(runtime_options options) : core_(std::make_unique<core>(options)) {}
runtime::~runtime() = default;

void runtime::refuse_on_worker() {
  if (base::this_lane() != nullptr) throw nested_run_error();  // of this runtime or of another one
}

void runtime::drive(root_base& root) noexcept { core_->drive(root); }

void runtime::on_unhandled(std::function<void(const unhandled_error&)> hook) {
  core_->hook = std::move(hook);
}

runtime_metrics runtime::metrics() const {
  runtime_metrics m;
  m.workers = core_->pool_.metrics();
  m.blocking_threads = core_->blocking_.threads();
  m.blocking_queued = core_->blocking_.queued();
  m.unhandled_errors = core_->unhandled_count.load(std::memory_order_relaxed);
  return m;
}

work_stealing_pool& runtime::executor() noexcept { return core_->pool_; }
services& runtime::environment() noexcept { return *core_; }

}  // namespace jackdaw
