// SPDX-License-Identifier: MIT
// The operations whose instructions are counted: run by instructions.py under callgrind, which
// counts only between the toggles, and one operation at a time.
#include <valgrind/callgrind.h>

#include <functional>
#include <vector>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/yield.hpp>

namespace {

namespace jd = jackdaw;

// So many times is each operation done; instructions.py divides by it.
constexpr int warm_up = 100;
constexpr int passes = 1000;

jd::task<int> leaf() { co_return 1; }

jd::task<> count_checkpoint() {
  for (int i = 0; i < warm_up; ++i) co_await jd::checkpoint();
  CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < passes; ++i) co_await jd::checkpoint();
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT("checkpoint");
}

jd::task<> count_await() {
  for (int i = 0; i < warm_up; ++i) co_await leaf();
  CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < passes; ++i) co_await leaf();
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT("await");
}

// Alone on its worker: what it offers is on show.
jd::task<> count_gather() {
  for (int i = 0; i < warm_up; ++i) co_await jd::gather(leaf(), leaf());
  CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < passes; ++i) co_await jd::gather(leaf(), leaf());
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT("gather");
}

jd::task<int> count_forks() {
  for (int i = 0; i < warm_up; ++i) co_await jd::gather(leaf(), leaf());
  CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < passes; ++i) co_await jd::gather(leaf(), leaf());
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT("fork");
  co_return 1;
}

jd::task<int> with_a_sibling(jd::task<int> first) {
  const auto [a, b] = co_await jd::gather(std::move(first), leaf());
  co_return a + b;
}

// The same in a tree of forks, above older offers, one of which is on show.
jd::task<> count_fork() { co_await with_a_sibling(with_a_sibling(count_forks())); }

// Ten at a time, so that they wait in the run queue until the body awaits them.
constexpr int batch = 10;

jd::task<> spawn_and_join(jd::task_group& group, bool count_spawn, bool count_join) {
  std::vector<jd::join_handle<int>> children;
  children.reserve(batch);
  if (count_spawn) CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < batch; ++i) children.push_back(group.spawn(leaf));
  if (count_spawn) CALLGRIND_TOGGLE_COLLECT;
  if (count_join) CALLGRIND_TOGGLE_COLLECT;
  for (auto& child : children) co_await std::move(child);
  if (count_join) CALLGRIND_TOGGLE_COLLECT;
}

jd::task<> count_spawn_and_join() {
  auto body = [](jd::task_group& group) -> jd::task<> {
    for (int i = 0; i < warm_up; ++i) co_await spawn_and_join(group, false, false);
    for (int i = 0; i < passes / batch; ++i) co_await spawn_and_join(group, true, false);
    CALLGRIND_DUMP_STATS_AT("spawn");
    for (int i = 0; i < passes / batch; ++i) co_await spawn_and_join(group, false, true);
    CALLGRIND_DUMP_STATS_AT("join");
  };
  co_await jd::with_task_group(body);
}

jd::task<> answer(jd::semaphore& ping, jd::semaphore& pong) {
  for (int i = 0; i < warm_up + passes / 2; ++i) {
    (co_await ping.acquire()).keep();
    pong.release();
  }
}

jd::task<> ask(jd::semaphore& ping, jd::semaphore& pong) {
  ping.release();
  (co_await pong.acquire()).keep();
}

// Both sides park and grant once in each of the passes / 2 exchanges.
jd::task<> count_park_and_grant() {
  jd::semaphore ping(0), pong(0);
  auto body = [&](jd::task_group& group) -> jd::task<> {
    group.spawn(answer, std::ref(ping), std::ref(pong));
    for (int i = 0; i < warm_up; ++i) co_await ask(ping, pong);
    CALLGRIND_TOGGLE_COLLECT;
    for (int i = 0; i < passes / 2; ++i) co_await ask(ping, pong);
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_DUMP_STATS_AT("park_and_grant");
  };
  co_await jd::with_task_group(body);
}

jd::task<> count_all() {
  co_await count_checkpoint();
  co_await count_await();
  co_await count_gather();
  co_await count_fork();
  co_await count_spawn_and_join();
  co_await count_park_and_grant();
}

}  // namespace

// One worker, so that one thread does everything that is counted.
int main() {
  jd::runtime runtime{jd::runtime_options{.workers = 1}};
  runtime.run(count_all());
}
