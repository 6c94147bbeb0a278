// SPDX-License-Identifier: MIT
// S1 to S7: what a group promises about its join.
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/structured/timeout.hpp>
#include "support/build.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/run_test.hpp"
#include "support/tracked.hpp"

namespace {

namespace jd = jackdaw;
using namespace std::chrono_literals;
using support::failure;
using support::gate;
using support::tracked;

// Writes when it dies, so that a join that does not wait for destructors is seen.
struct last_words {
  int* where;
  explicit last_words(int* w) noexcept : where(w) {}
  last_words(last_words&& other) noexcept : where(std::exchange(other.where, nullptr)) {}
  last_words(const last_words&) = delete;
  last_words& operator=(const last_words&) = delete;
  ~last_words() {
    if (where != nullptr) *where = 1;
  }
};

jd::task<> write_all(int* cell, last_words) {
  const last_words local(cell + 1);
  *cell = 1;
  co_await jd::yield();
}

TEST(guarantees, S1_writes_of_children_happen_before_the_statement_after_the_join) {
  support::run_everywhere([]() -> jd::task<> {
    constexpr std::size_t children = 16;
    for (std::size_t round = 0; round < support::scaled(2000, 10); ++round) {
      std::vector<int> cells(children * 3, 0);
      auto body = [&cells](jd::task_group& group) -> jd::task<> {
        for (std::size_t i = 0; i < children; ++i) {
          int* const mine = &cells[i * 3];
          group.spawn(write_all, mine, last_words(mine + 2));
        }
        co_return;
      };
      co_await jd::with_task_group(body);
      int sum = 0;
      for (int cell : cells) sum += cell;
      EXPECT_EQ(sum, static_cast<int>(children * 3));
    }
  });
}

TEST(guarantees, S1_writes_of_gathered_tasks_happen_before_the_statement_after_it) {
  support::run_everywhere([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(2000, 10); ++round) {
      int cells[6] = {};
      co_await jd::gather(write_all(cells, last_words(cells + 2)),
                          write_all(cells + 3, last_words(cells + 5)));
      int sum = 0;
      for (int cell : cells) sum += cell;
      EXPECT_EQ(sum, 6);
    }
  });
}

jd::task<> linger(gate& g, tracked) { co_await g.pass(); }
jd::task<> fail_later(tracked, gate& g) {
  co_await g.pass();
  throw failure{7};
}

struct refuses_copy {
  refuses_copy() noexcept = default;
  refuses_copy(const refuses_copy&) { throw failure{3}; }
};
jd::task<> take(const refuses_copy&) { co_return; }

// Every exit path of a group: by its number. The group always has three children that are parked
// when it begins to end.
jd::task<> leave_by(int path, gate& closed, tracked::counter& alive) {
  gate open_at_end;
  auto body = [&](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i < 3; ++i) group.spawn(linger, std::ref(closed), tracked(alive));
    co_await closed.until_waiting(3);
    switch (path) {
      case 0: closed.open(); co_return;
      case 1: group.cancel(); co_return;
      case 2: throw failure{1};
      case 3:
        group.spawn(fail_later, tracked(alive), std::ref(open_at_end));
        open_at_end.open();
        co_return;
      case 4: {
        const refuses_copy argument;
        group.spawn(take, argument);
        co_return;
      }
      default: co_await open_at_end.pass();  // until the deadline outside
    }
  };
  co_await jd::with_task_group(body);
}

TEST(guarantees, S2_no_child_outlives_its_group_whichever_way_it_ends) {
  const char* const names[] = {"value",       "cancel",      "body error",
                               "child error", "spawn error", "deadline"};
  for (int path = 0; path < 6; ++path) {
    SCOPED_TRACE(names[path]);
    support::run_everywhere([path]() -> jd::task<> {
      gate closed;
      tracked::counter alive{0};
      const std::chrono::nanoseconds limit = path == 5 ? 5ms : 1h;
      const auto how = co_await jd::settle(jd::with_timeout(limit, leave_by(path, closed, alive)));
      EXPECT_EQ(alive.load(), 0);
      EXPECT_EQ(closed.waiting(), 0U);
      EXPECT_EQ(how.has_value(), path <= 1);
      const auto* group = support::as<jd::exception_group>(how.error());
      EXPECT_EQ(group != nullptr, path >= 2 && path <= 4);
      EXPECT_EQ(support::as<jd::timeout_error>(how.error()) != nullptr, path == 5);
    });
  }
}

jd::task<int> number_or_failure(gate& g, bool fails) {
  co_await g.pass();
  if (fails) throw failure{5};
  co_return 5;
}

TEST(guarantees, S3_all_observers_see_the_same_single_outcome) {
  support::run_with<4>([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(2000, 10); ++round) {
      gate g;
      std::string seen;
      const auto look = [&seen](const jd::join_handle<int>& h) {
        try {
          seen += h.result() == 5 ? 'v' : '?';
        } catch (const failure&) {
          seen += 'e';
        } catch (const jd::cancelled&) {
          seen += 'c';
        }
      };
      jd::join_handle<int> h;
      auto body = [&](jd::task_group& group) -> jd::task<> {
        h = group.spawn(number_or_failure, std::ref(g), round % 2 == 0);
        std::thread opener([&g] { g.open(); });
        h.cancel();
        opener.join();
        co_await support::until([&h] { return h.done(); });
      };
      const auto how = co_await jd::settle(jd::with_task_group(body));
      look(h);
      EXPECT_FALSE(h.cancel("too late"));
      look(h);
      const auto awaited = co_await jd::settle(h);
      seen += awaited.has_value() ? 'v' : awaited.cancelled() ? 'c' : 'e';
      EXPECT_TRUE(seen == "vvv" || seen == "eee" || seen == "ccc") << seen;
      EXPECT_EQ(how.error() != nullptr, seen == "eee");
    }
  });
}

jd::task<int> keep(std::shared_ptr<int> parameter) {
  const std::shared_ptr<int> local = parameter;
  co_await jd::yield();
  co_return *local;
}

TEST(guarantees, S4_parameters_and_locals_are_gone_before_the_outcome_is_visible) {
  support::run_everywhere([]() -> jd::task<> {
    for (std::size_t round = 0; round < support::scaled(2000, 10); ++round) {
      const auto shared = std::make_shared<int>(3);
      auto body = [&shared](jd::task_group& group) -> jd::task<> {
        auto by_call = group.spawn(keep, shared);
        EXPECT_EQ(co_await by_call, 3);
        EXPECT_EQ(shared.use_count(), 1);
        auto by_task = group.spawn(keep(shared));
        EXPECT_EQ(co_await by_task, 3);
        EXPECT_EQ(shared.use_count(), 1);
        EXPECT_EQ(co_await keep(shared), 3);
        EXPECT_EQ(shared.use_count(), 1);
        co_await jd::gather(keep(shared), keep(shared));
        EXPECT_EQ(shared.use_count(), 1);
      };
      co_await jd::with_task_group(body);
    }
  });
}

TEST(guarantees, S4_a_callable_with_state_is_gone_before_the_outcome_is_visible) {
  support::run([]() -> jd::task<> {
    const auto shared = std::make_shared<int>(3);
    auto body = [&shared](jd::task_group& group) -> jd::task<> {
      auto closure = [kept = shared]() -> jd::task<int> {
        co_await jd::yield();
        co_return *kept;
      };
      auto h = group.spawn(std::move(closure));
      EXPECT_EQ(co_await h, 3);
      EXPECT_EQ(shared.use_count(), 1);
    };
    co_await jd::with_task_group(body);
  });
}

jd::task<> spawn_generations(jd::task_group& group, std::atomic<int>& ran, int generations) {
  ran.fetch_add(1);
  co_await jd::yield();
  if (generations == 0) co_return;
  group.spawn(spawn_generations, std::ref(group), std::ref(ran), generations - 1);
  group.spawn(spawn_generations, std::ref(group), std::ref(ran), generations - 1);
}

TEST(guarantees, S5_children_spawn_into_their_group_while_it_is_being_joined) {
  support::run_everywhere([]() -> jd::task<> {
    std::atomic<int> ran{0};
    auto body = [&ran](jd::task_group& group) -> jd::task<> {
      group.spawn(spawn_generations, std::ref(group), std::ref(ran), 9);
      co_return;
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(ran.load(), 1023);
  });
}

jd::task<> count_run(std::atomic<int>& ran, tracked) {
  ran.fetch_add(1);
  co_return;
}

TEST(guarantees, S5_after_the_end_a_handle_refuses_and_destroys_the_callable_unstarted) {
  std::atomic<int> ran{0};
  tracked::counter alive{0};
  jd::group_handle handle;
  support::run([&]() -> jd::task<> {
    auto body = [&handle](jd::task_group& group) -> jd::task<> {
      handle = group.handle();
      co_return;
    };
    co_await jd::with_task_group(body);
  });
  EXPECT_THROW(handle.spawn(count_run, std::ref(ran), tracked(alive)), jd::group_closed);
  EXPECT_EQ(alive.load(), 0);
  EXPECT_EQ(ran.load(), 0);
  EXPECT_FALSE(handle.cancel());
}

TEST(guarantees, S5_a_spawn_that_races_the_end_is_either_in_or_refused) {
  for (std::size_t round = 0; round < support::scaled(2000, 10); ++round) {
    std::atomic<int> ran{0};
    tracked::counter alive{0};
    int accepted = 0;
    jd::group_handle handle;
    std::thread spawner;
    support::run([&]() -> jd::task<> {
      std::atomic<bool> go{false};
      auto body = [&](jd::task_group& group) -> jd::task<> {
        handle = group.handle();
        spawner = std::thread([&] {
          go.store(true);
          try {
            for (;;) {
              handle.spawn(count_run, std::ref(ran), tracked(alive));
              if (++accepted == 50) return;
            }
          } catch (const jd::group_closed&) {
          }
        });
        while (!go.load()) std::this_thread::yield();
        co_return;
      };
      co_await jd::with_task_group(body);
    });
    spawner.join();
    EXPECT_EQ(ran.load(), accepted);
    EXPECT_EQ(alive.load(), 0);
  }
}

TEST(guarantees, S6_a_spawn_into_a_cancelled_group_ends_as_cancelled_without_running) {
  support::run_everywhere([]() -> jd::task<> {
    std::atomic<int> ran{0};
    tracked::counter alive{0};
    jd::join_handle<void> h;
    auto body = [&](jd::task_group& group) -> jd::task<> {
      group.cancel("no more");
      h = group.spawn(count_run, std::ref(ran), tracked(alive));
      co_return;
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(ran.load(), 0);
    EXPECT_EQ(alive.load(), 0);
    const auto how = co_await jd::settle(h);
    EXPECT_TRUE(how.cancelled());
    EXPECT_EQ(support::reason_of(how).text(), "no more");
  });
}

struct out_of_memory {
  out_of_memory() noexcept = default;
  out_of_memory(const out_of_memory&) { throw std::bad_alloc(); }
};
jd::task<> never_made(out_of_memory) { co_return; }
// The copy into the frame fails, when the child is about to begin.
jd::task<> never_begun(const out_of_memory& o) { return never_made(o); }

TEST(guarantees, S7_a_spawn_without_memory_leaves_the_group_usable_and_joinable) {
  support::run_everywhere([]() -> jd::task<> {
    std::atomic<int> ran{0};
    tracked::counter alive{0};
    auto body = [&](jd::task_group& group) -> jd::task<> {
      const out_of_memory argument;
      bool thrown = false;
      try {
        group.spawn(never_made, argument);
      } catch (const std::bad_alloc&) {
        thrown = true;
      }
      EXPECT_TRUE(thrown);
      auto h = group.spawn(count_run, std::ref(ran), tracked(alive));
      co_await h;
    };
    co_await jd::with_task_group(body);
    EXPECT_EQ(ran.load(), 1);
    EXPECT_EQ(alive.load(), 0);
  });
}

TEST(guarantees, S7_a_child_whose_frame_cannot_be_made_fails_as_a_child) {
  support::run([]() -> jd::task<> {
    const out_of_memory argument;
    auto body = [&argument](jd::task_group& group) -> jd::task<> {
      group.spawn(never_begun, std::ref(argument));
      co_return;
    };
    const auto how = co_await jd::settle(jd::with_task_group(body));
    const auto* group = support::as<jd::exception_group>(how.error());
    const bool found = group != nullptr && group->contains<std::bad_alloc>();
    EXPECT_TRUE(found);
  });
}

}  // namespace
