// SPDX-License-Identifier: MIT
// Threads of a small blocking pool that live in an arena of oneTBB.
#include <jackdaw/executors/tbb_executor.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <sys/resource.h>
#include <unistd.h>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/executors/blocking_pool.hpp>

namespace jackdaw {

namespace {

// The thread sanitizer cannot see how oneTBB's own workers, which are not built with it, order what
// they do: under it algorithms run on the threads of their bursts alone.
#if defined(__SANITIZE_THREAD__)
constexpr bool uses_tbb_workers = false;
#elif defined(__has_feature)
constexpr bool uses_tbb_workers = !__has_feature(thread_sanitizer);
#else
constexpr bool uses_tbb_workers = true;
#endif

std::size_t helpers(const tbb_executor_options& options, std::size_t bursts) {
  return uses_tbb_workers ? std::min(options.helpers, bursts - 1) : 0;
}

}  // namespace

class tbb_executor::arena {
 public:
  explicit arena(const tbb_executor_options& options)
      : bursts_(options.bursts != 0
                    ? options.bursts
                    : std::max<std::size_t>(1, std::thread::hardware_concurrency() / 2)),
        slots_(static_cast<int>(bursts_ + helpers(options, bursts_)),
               static_cast<unsigned>(bursts_), tbb::task_arena::priority::low),
        niceness_(options.niceness),
        threads_(thread_options_of_pool()) {}

  blocking_pool& threads() noexcept { return threads_; }

  void interrupt(burst_job& job) noexcept {
    const std::lock_guard guard(contexts_lock_);
    if (job.context == nullptr) return;
    static_cast<tbb::task_group_context*>(job.context)->cancel_group_execution();
  }

  static void run_job(blocking_job& j) noexcept {
    auto& job = static_cast<burst_job&>(j);
    static_cast<arena*>(job.service)->run(job);
    job.finish(job);
  }

 private:
  // In a context of its own, which the contexts of the algorithms inside are bound to; isolated, so
  // that a burst that waits for its parts does not take up another one's.
  void run(burst_job& job) noexcept {
    tbb::task_group_context context(tbb::task_group_context::isolated);
    publish(job, &context);
    tbb::this_task_arena::isolate([&] {
      tbb::task_group group(context);
      // Asked of the group, which resets the context when it is done.
      job.interrupted = group.run_and_wait([&] { job.compute(job); }) == tbb::canceled;
    });
    publish(job, nullptr);
  }

  void publish(burst_job& job, tbb::task_group_context* context) noexcept {
    const std::lock_guard guard(contexts_lock_);
    job.context = context;
  }

  blocking_pool_options thread_options_of_pool() {
    blocking_pool_options options;
    options.threads_max = bursts_;
    options.stack_bytes = std::size_t{8} << 20;  // user code that computes, as on a main thread
    options.name = "jd-burst";
    options.around = [this](const std::function<void()>& serve) {
      (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness_);
      slots_.execute(serve);
    };
    return options;
  }

  const std::size_t bursts_;
  tbb::task_arena slots_;
  const int niceness_;
  base::small_mutex contexts_lock_;  // guards burst_job::context of the jobs that run
  blocking_pool threads_;            // last: its threads use the rest
};

tbb_executor::tbb_executor(tbb_executor_options options)
    : arena_(std::make_unique<arena>(options)) {}
tbb_executor::~tbb_executor() = default;

void tbb_executor::submit(work& w) noexcept { arena_->threads().submit(w); }

bool tbb_executor::start(burst_job& job) noexcept {
  job.run = arena::run_job;
  job.service = arena_.get();
  return arena_->threads().start(job);
}

bool tbb_executor::remove(burst_job& job) noexcept { return arena_->threads().remove(job); }

void tbb_executor::interrupt(burst_job& job) noexcept { arena_->interrupt(job); }

std::size_t tbb_executor::queued() const noexcept { return arena_->threads().queued(); }

}  // namespace jackdaw
