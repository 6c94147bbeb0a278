// SPDX-License-Identifier: MIT
// What a cancel costs: a group of very many parked children, and the way out of a deep chain.
// Prints "name value unit"; cancellation/run.py repeats it and compares.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;
using steady = std::chrono::steady_clock;

double nanoseconds(steady::duration d) {
  return std::chrono::duration<double, std::nano>(d).count();
}

void print(const std::string& name, double value, const char* unit) {
  std::printf("%s %.3f %s\n", name.c_str(), value, unit);
}

// A wait for nothing, which notes when cancellers take its tasks back. A quiet one does not throw.
class crowd {
 public:
  crowd(std::size_t size, bool quiet) : quiet_(quiet) { taken_.reserve(size); }

  class awaiter final : public jd::waiter {
   public:
    awaiter(crowd& c, jd::task_context& t) noexcept : waiter(t, unlink, "crowd"), crowd_(&c) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return jd::park_on(
          crowd_, *this, h, [] { return false; }, [this](waiter&) { ++crowd_->waiting; });
    }
    void await_resume() const {
      if (!crowd_->quiet_) throw_if_cancelled();
    }

   private:
    static bool unlink(waiter& w) noexcept {
      crowd& c = *static_cast<awaiter&>(w).crowd_;
      jackdaw::base::backoff_mutex& lock = jd::waiter_lock(&c);
      lock.lock();
      c.taken_.push_back(steady::now());
      lock.unlock();
      return true;
    }
    crowd* crowd_;
  };
  awaiter bind(jd::task_context& t) noexcept { return awaiter(*this, t); }

  /// From one child to the next of the same batch, of which there are 64.
  [[nodiscard]] double median_wake_up() const {
    std::vector<double> gaps;
    for (std::size_t i = 1; i < taken_.size(); ++i)
      gaps.push_back(nanoseconds(taken_[i] - taken_[i - 1]));
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    return *middle;
  }

  std::atomic<std::size_t> waiting{0};

 private:
  std::vector<steady::time_point> taken_;  // guarded by the primitive's lock
  bool quiet_;
};

jd::task<> be_in(crowd& c) { co_await c; }

// Turns of a task that has nothing to do with it, in nanoseconds each, while `going_on`.
jd::task<> bystander(const std::atomic<bool>& going_on, std::vector<double>& turns) {
  while (going_on) {
    const auto before = steady::now();
    co_await jd::yield();
    turns.push_back(nanoseconds(steady::now() - before));
  }
}

double p99(std::vector<double>& samples) {
  if (samples.empty()) return 0;
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() * 99 / 100);
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

// How a crowd is cancelled: whether its children throw, and whether a bystander keeps a worker.
struct manner {
  const char* name;
  bool quiet;
  bool beside;
};

jd::task<> cancel_crowd(std::size_t size, manner how) {
  crowd all(size, how.quiet);
  steady::time_point before;
  steady::time_point returned;
  const auto body = [&](jd::task_group& group) -> jd::task<> {
    for (std::size_t i = 0; i < size; ++i) group.spawn(be_in, std::ref(all));
    while (all.waiting < size) co_await jd::yield();
    before = steady::now();
    group.cancel();
    returned = steady::now();
  };
  (void)co_await jd::settle(jd::with_task_group(body));
  const auto ended = steady::now();
  const std::string name = how.name;
  print(name + "_end", nanoseconds(ended - before) / static_cast<double>(size), "ns/child");
  print(name + "_cancel", nanoseconds(returned - before) / 1000, "us");
  print(name + "_wake_up", all.median_wake_up(), "ns/child");
}

jd::task<> cancel_crowd_in_company(std::size_t size, manner how) {
  std::atomic<bool> going_on{true};
  std::vector<double> turns;
  const auto both = [&](jd::task_group& group) -> jd::task<> {
    if (how.beside) group.spawn(bystander, std::cref(going_on), std::ref(turns));
    co_await cancel_crowd(size, how);
    going_on = false;
  };
  co_await jd::with_task_group(both);
  if (how.beside) print("bystander_p99", p99(turns) / 1000, "us");
}

constexpr int depth = 1000;

jd::task<> descend(int levels, steady::time_point& bottom) {
  if (levels != 0) {
    co_await descend(levels - 1, bottom);
  } else {
    bottom = steady::now();
    co_await jd::checkpoint();
  }
}

// The way up from a cancelled checkpoint, per frame.
jd::task<> unwind(double& per_frame) {
  const auto body = [&](jd::task_group& group) -> jd::task<> {
    steady::time_point bottom;
    steady::time_point top;
    group.cancel();
    try {
      co_await descend(depth, bottom);
    } catch (const jd::cancelled&) {
      top = steady::now();
    }
    per_frame = nanoseconds(top - bottom) / depth;
  };
  (void)co_await jd::settle(jd::with_task_group(body));
}

struct plain_error {
  int code;
};

[[gnu::noinline]] void throw_one(int code) { throw plain_error{code}; }

// A function that throws and one that catches.
[[gnu::noinline]] int frame(int code) {
  try {
    throw_one(code);
  } catch (const plain_error& e) {
    return e.code;
  }
  return 0;
}

double plain_per_frame() {
  volatile int sum = 0;
  const auto before = steady::now();
  for (int i = 0; i < depth; ++i) sum = sum + frame(i);
  return nanoseconds(steady::now() - before) / depth;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t size = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::size_t workers = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2;
  jd::runtime rt{jd::runtime_options{.workers = workers}};
  rt.run(cancel_crowd_in_company(size, {.name = "thrown", .quiet = false, .beside = false}));
  rt.run(cancel_crowd_in_company(size, {.name = "quiet", .quiet = true, .beside = false}));
  rt.run(cancel_crowd_in_company(size, {.name = "beside", .quiet = false, .beside = true}));
  double cancelled = 0;
  double plain = 0;
  for (int i = 0; i < 20; ++i) {  // the last is warm
    rt.run(unwind(cancelled));
    plain = plain_per_frame();
  }
  print("unwind_cancelled", cancelled, "ns/frame");
  print("throw_and_catch", plain, "ns/frame");
}
