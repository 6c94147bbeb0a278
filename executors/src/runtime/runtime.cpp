// SPDX-License-Identifier: MIT
#include <jackdaw/runtime.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>

#include <jackdaw/coroutine/creation_sites.hpp>
#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/executors/blocking_pool.hpp>
#include <jackdaw/executors/tbb_executor.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/structured/background_registry.hpp>
#include <jackdaw/structured/errors.hpp>

#include "reactor/reactor.hpp"
#include "runtime/environment.hpp"
#include "runtime/interrupt_guard.hpp"
#include "runtime/observers.hpp"
#include "runtime/unhandled.hpp"

namespace jackdaw {

namespace {

runtime_options completed(runtime_options options) {
  if (options.workers == 0) options.workers = environment::workers();
  if (options.io == io_backend::automatic) options.io = environment::io();
  return options;
}

std::int64_t later(std::int64_t t, std::chrono::nanoseconds d) noexcept {
  return d.count() > INT64_MAX - t ? INT64_MAX : t + d.count();
}

}  // namespace

class runtime::core final : public services {
 public:
  explicit core(const runtime_options& o)
      : services(pool_, pool_, background_),
        options(completed(o)),
        observers_(observers::wanted(options.workers, *this)),
        pool_({.workers = options.workers,
               .poller = &reactor_,
               .env = this,
               .observer = observers_.get()}) {
    blocking = &blocking_;
    bursts = &bursts_;
    io = &reactor_;
    cleanup_grace_ns = options.grace.count();
  }

  ~core() { end_background(); }

  void unhandled(const unhandled_error& e) noexcept override {
    unhandled_count.fetch_add(1, std::memory_order_relaxed);  // a counter; orders nothing
    if (hook == nullptr) return print_unhandled(e);
    try {
      hook(e);
    } catch (...) {
      print_unhandled(e);
    }
  }

  /// Runs a root to its end; the last run to end takes the background tasks with it. True: SIGINT
  /// came.
  bool drive(root_base& root) noexcept {
    // relaxed, both: a count. A registration that the look of the last one, under the registry's
    // lock, does not see comes after it, and so does the end of the run that it belongs to.
    active_runs_.fetch_add(1, std::memory_order_relaxed);
    const bool interrupted = complete(root);
    if (active_runs_.fetch_sub(1, std::memory_order_relaxed) == 1) end_background();
    return interrupted;
  }

  base::leak_watch leaks_;  // before all that runs tasks: it looks when that has ended
  std::function<void(const unhandled_error&)> hook;
  base::atomic<std::uint64_t> unhandled_count{0};
  background_registry background_;
  reactor::reactor reactor_;

  const runtime_options options;
  std::unique_ptr<observers> observers_;
  work_stealing_pool pool_;
  blocking_pool blocking_;
  tbb_executor bursts_;

 private:
  bool complete(root_base& root) noexcept {
    std::optional<interrupt_guard> guard;
    if (options.handle_interrupt) guard.emplace(root);
    root.schedule();
    if (root.wait_or_poke()) return false;
    see_to_the_end(
        [&](bool hard) {
          const cancel_reason why(cancel_kind::shutdown, "interrupted (SIGINT)");
          hard ? root.cancel_hard(why) : root.cancel(why);
        },
        [&](std::int64_t deadline) { return root.wait_until(deadline); });
    return true;
  }

  void end_background() noexcept {
    if (background_.size() == 0) return;
    see_to_the_end(
        [&](bool hard) {
          background_.cancel_all(cancel_reason(cancel_kind::shutdown, "the runtime is ending"),
                                 hard);
        },
        [&](std::int64_t deadline) { return background_.wait_until_empty(deadline); });
  }

  // Cancel, grace, report, hard cancel, report (S44, S50). Nothing that is never at a checkpoint
  // can be ended, and what it uses must not be taken away: it is waited for.
  template <class Cancel, class WaitUntil>
  void see_to_the_end(Cancel cancel, WaitUntil wait_until) noexcept {
    const std::int64_t begin = pool_.now();
    cancel(false);
    if (wait_until(later(begin, options.grace))) return;
    report("still runs after the grace of a shutdown");
    if (wait_until(later(begin, std::max(options.grace, options.hard_deadline)))) return;
    cancel(true);
    if (wait_until(later(pool_.now(), options.grace))) return;
    report(
        "was cancelled through its shields and never came to a checkpoint; the runtime waits for "
        "it");
    (void)wait_until(INT64_MAX);
  }

  void report(const char* what) const noexcept {
    try {
      std::ostringstream tree;
      dump_tasks(tree, this);
      std::fprintf(stderr, "jackdaw: something %s:\n%s", what, tree.str().c_str());
    } catch (...) {
      std::fprintf(stderr, "jackdaw: something %s, and there was no memory to say what\n", what);
    }
  }

  base::atomic<std::uint32_t> active_runs_{0};  // written by drive()
};

runtime::runtime(runtime_options options) : core_(std::make_unique<core>(options)) {}
runtime::~runtime() = default;

void runtime::refuse_on_worker() {
  if (base::this_lane() != nullptr) throw nested_run_error();  // of this runtime or of another one
}

bool runtime::drive(root_base& root) noexcept { return core_->drive(root); }

void runtime::on_unhandled(std::function<void(const unhandled_error&)> hook) {
  core_->hook = std::move(hook);
}

runtime_metrics runtime::metrics() const {
  runtime_metrics m;
  m.workers = core_->pool_.metrics();
  m.blocking_threads = core_->blocking_.threads();
  m.blocking_queued = core_->blocking_.queued();
  m.bursts_queued = core_->bursts_.queued();
  m.background = core_->background_.size();
  m.unhandled_errors = core_->unhandled_count.load(std::memory_order_relaxed);
  return m;
}

work_stealing_pool& runtime::executor() noexcept { return core_->pool_; }
services& runtime::environment() noexcept { return *core_; }

}  // namespace jackdaw
