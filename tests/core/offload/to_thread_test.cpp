// SPDX-License-Identifier: MIT
// Tests of to_thread: values, errors, and what cancellation does before and after the start.
#include <jackdaw/offload/to_thread.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <pthread.h>
#include <jackdaw/executors/blocking_pool.hpp>
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/capacity_limiter.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;

jd::runtime_options one_worker() {
  jd::runtime_options options;
  options.workers = 1;
  return options;
}

jd::blocking_pool_options one_thread() {
  jd::blocking_pool_options options;
  options.threads_max = 1;
  return options;
}

/// A runtime with one worker, whose functions go to a pool with one thread.
class ToThread : public testing::Test {
 protected:
  ToThread() { rt_.environment().blocking = &pool_; }

  template <class Body>
  auto run(Body body) {
    return rt_.run(body());
  }

  jd::runtime rt_{one_worker()};
  jd::blocking_pool pool_{one_thread()};
};

/// Holds a thread until it is opened, and says when it does.
class gate {
 public:
  void pass() {
    entered_.store(true);
    entered_.notify_all();
    open_.wait(false);
  }
  void open() {
    open_.store(true);
    open_.notify_all();
  }
  void await_entry() { entered_.wait(false); }

 private:
  std::atomic<bool> entered_{false};
  std::atomic<bool> open_{false};
};

int length(const std::string& s) { return static_cast<int>(s.size()); }

TEST_F(ToThread, ReturnsWhatTheFunctionReturns) {
  run([]() -> jd::task<> {
    EXPECT_EQ(co_await jd::to_thread(length, "four"), 4);
    std::unique_ptr<int> moved =
        co_await jd::to_thread([](std::unique_ptr<int> p) { return p; }, std::make_unique<int>(3));
    EXPECT_EQ(*moved, 3);
    int local = 0;
    co_await jd::to_thread([](int& n) { n = 5; }, std::ref(local));
    EXPECT_EQ(local, 5);
  });
}

TEST_F(ToThread, RunsOnAnotherThread) {
  run([]() -> jd::task<> {
    const std::thread::id mine = std::this_thread::get_id();
    const std::thread::id other = co_await jd::to_thread(std::this_thread::get_id);
    EXPECT_NE(mine, other);
  });
}

TEST_F(ToThread, ThrowsWhatTheFunctionThrows) {
  run([]() -> jd::task<> {
    std::string text;
    try {
      co_await jd::to_thread([] { throw std::runtime_error("from the thread"); });
    } catch (const std::runtime_error& e) {
      text = e.what();
    }
    EXPECT_EQ(text, "from the thread");
  });
}

TEST_F(ToThread, S52_a_function_cancelled_before_its_start_never_runs) {
  gate g;
  std::atomic<bool> ran{false};
  run([&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto occupy = [&]() -> jd::task<> { co_await jd::to_thread([&] { g.pass(); }); };
      const auto queue_up = [&]() -> jd::task<> { co_await jd::to_thread([&] { ran = true; }); };
      group.spawn(occupy);
      while (pool_.threads() == 0) co_await jd::yield();
      g.await_entry();
      auto queued = group.spawn(queue_up);
      while (pool_.queued() != 1) co_await jd::yield();
      EXPECT_TRUE(queued.cancel());
      while (!queued.done()) co_await jd::yield();  // though the thread is still occupied
      EXPECT_EQ(pool_.queued(), 0U);
      g.open();
    });
  });
  EXPECT_FALSE(ran);
}

TEST_F(ToThread, S52_a_running_function_is_waited_for_and_the_request_stays_pending) {
  gate g;
  int result = 0;
  bool went_on = false;
  run([&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        result = co_await jd::to_thread([&] {
          g.pass();
          return 42;
        });
        co_await jd::checkpoint();
        went_on = true;
      };
      auto worker = group.spawn(work);
      while (pool_.threads() == 0) co_await jd::yield();
      g.await_entry();
      EXPECT_TRUE(worker.cancel());
      for (int i = 0; i != 100; ++i) co_await jd::yield();
      EXPECT_FALSE(worker.done());
      g.open();
    });
  });
  EXPECT_EQ(result, 42);
  EXPECT_FALSE(went_on);
}

TEST_F(ToThread, S52_a_running_function_may_look_whether_it_is_cancelled) {
  gate g;
  bool was_cancelled = false;
  run([&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        EXPECT_FALSE(jd::from_thread::cancel_requested());
        try {
          co_await jd::to_thread([&] {
            jd::from_thread::check_cancelled();
            g.pass();
            jd::from_thread::check_cancelled();
            ADD_FAILURE() << "the request was not seen";
          });
        } catch (const jd::cancelled& c) {
          was_cancelled = c.reason().text() == "enough";
          throw;
        }
      };
      auto worker = group.spawn(work);
      while (pool_.threads() == 0) co_await jd::yield();
      g.await_entry();
      worker.cancel("enough");
      g.open();
    });
  });
  EXPECT_TRUE(was_cancelled);
}

TEST_F(ToThread, S52_an_abandoned_function_ends_alone_with_its_own_arguments) {
  gate g;
  const auto argument = std::make_shared<int>(9);
  std::weak_ptr<int> result;
  std::atomic<bool> told{false};
  jd::capacity_limiter limiter(1);
  run([&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        jd::thread_options options;
        options.limiter = &limiter;
        options.on_cancel = jd::on_cancel::abandon;
        co_await jd::to_thread(
            options,
            [&](const std::shared_ptr<int>& p) {
              g.pass();
              told = jd::from_thread::cancel_requested();
              auto made = std::make_shared<int>(*p);
              result = made;
              return made;
            },
            argument);
      };
      auto worker = group.spawn(work);
      while (pool_.threads() == 0) co_await jd::yield();
      g.await_entry();
      worker.cancel();
      while (!worker.done()) co_await jd::yield();
    });
    // The task is gone; the function still runs, owns its argument and holds its token.
    EXPECT_EQ(argument.use_count(), 2);
    EXPECT_EQ(limiter.available_tokens(), 0);
    g.open();
    auto token = co_await limiter.acquire();
    co_await jd::to_thread([] {});  // the only thread has ended the abandoned one
  });
  EXPECT_TRUE(told);
  EXPECT_TRUE(result.expired());
  EXPECT_EQ(argument.use_count(), 1);
}

TEST_F(ToThread, S52_an_abandoned_function_that_was_not_cancelled_delivers) {
  run([]() -> jd::task<> {
    EXPECT_EQ(co_await jd::to_thread(jd::on_cancel::abandon, length, "three"), 5);
    bool thrown = false;
    try {
      co_await jd::to_thread(jd::on_cancel::abandon, [] { throw std::logic_error("no"); });
    } catch (const std::logic_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

TEST_F(ToThread, S15_the_error_of_an_abandoned_function_is_reported_once) {
  gate g;
  std::atomic<int> reports{0};
  rt_.on_unhandled([&](const jd::unhandled_error& e) {
    EXPECT_EQ(e.task_name, "to_thread");
    ++reports;
  });
  run([&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto work = [&]() -> jd::task<> {
        co_await jd::to_thread(jd::on_cancel::abandon, [&] {
          g.pass();
          throw std::runtime_error("nobody listens");
        });
      };
      group.spawn(work);
      while (pool_.threads() == 0) co_await jd::yield();
      g.await_entry();
      group.cancel();
    });
    g.open();
    co_await jd::to_thread([] {});
  });
  EXPECT_EQ(reports, 1);
}

TEST_F(ToThread, S52_a_cancelled_wait_for_the_limiter_takes_no_permit) {
  jd::capacity_limiter limiter(0);
  std::atomic<bool> ran{false};
  run([&]() -> jd::task<> {
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      bool arrived = false;
      const auto work = [&]() -> jd::task<> {
        jd::thread_options options;
        options.limiter = &limiter;
        arrived = true;
        co_await jd::to_thread(options, [&] { ran = true; });
      };
      group.spawn(work);
      while (!arrived) co_await jd::yield();
      group.cancel();
    });
  });
  limiter.set_total_tokens(1);
  EXPECT_EQ(limiter.available_tokens(), 1);
  EXPECT_FALSE(ran);
}

TEST_F(ToThread, UsesTheChosenPoolWhoseThreadsBearItsName) {
  jd::blocking_pool_options named;
  named.name = "dns";
  jd::blocking_pool own(named);
  run([&]() -> jd::task<> {
    jd::thread_options options;
    options.pool = own;
    const auto thread_name = [] {
      char name[16] = {};
      pthread_getname_np(pthread_self(), name, sizeof name);
      return std::string(name);
    };
    EXPECT_EQ(co_await jd::to_thread(options, thread_name), "dns");
  });
  EXPECT_EQ(own.threads(), 1U);
  EXPECT_EQ(pool_.threads(), 0U);
}

TEST_F(ToThread, ARuntimeWithoutThreadsRefuses) {
  rt_.environment().blocking = nullptr;
  const auto attempt = []() -> jd::task<> { co_await jd::to_thread([] {}); };
  EXPECT_THROW(run(attempt), std::system_error);
}

TEST(ToThreadRace, S23_cancel_racing_the_function_ends_the_wait_exactly_once) {
  jd::runtime_options options;
  options.workers = 2;
  jd::runtime rt(options);
  jd::blocking_pool pool;
  rt.environment().blocking = &pool;
  std::atomic<int> runs{0};
  std::atomic<int> ends{0};
  constexpr int rounds = 2000;
  const auto race = [&]() -> jd::task<> {
    const auto work = [&](jd::on_cancel mode) -> jd::task<> {
      const std::shared_ptr<void> at_end(nullptr, [&](void*) { ++ends; });
      co_await jd::to_thread(mode, [&runs] { ++runs; });
    };
    for (int i = 0; i != rounds; ++i) {
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        auto h = group.spawn(work, i % 2 == 0 ? jd::on_cancel::wait : jd::on_cancel::abandon);
        for (int pause = i % 8; pause != 0; --pause) co_await jd::yield();
        h.cancel();
      });
    }
  };
  rt.run(race());
  EXPECT_LE(ends, rounds);
  EXPECT_LE(runs, rounds);
  EXPECT_EQ(pool.queued(), 0U);
}

}  // namespace
