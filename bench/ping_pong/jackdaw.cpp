// SPDX-License-Identifier: MIT
// Ping-pong on jackdaw: two oneshots in a frame that outlives both sides.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/oneshot.hpp>

#include <functional>

#include "../harness/measure.hpp"
#include "../harness/sum_of.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;

struct table {
  jd::oneshot<std::uint64_t> ping;
  jd::oneshot<std::uint64_t> pong;
};

jd::task<> answer(table& t) {
  const std::uint64_t value = co_await t.ping.receive();
  t.pong.send(value + 1);
}

jd::task<std::uint64_t> ask(jd::task_group& group) {
  table t;
  group.spawn(answer, std::ref(t));
  t.ping.send(0);
  co_return co_await t.pong.receive();
}

jd::task<std::uint64_t> round() {
  auto body = [](jd::task_group& group) -> jd::task<std::uint64_t> {
    const auto one = [&group] { return ask(group); };
    co_return co_await measure::sum_of(ping_pong::at_once, one);
  };
  co_return co_await jd::with_task_group(body);
}

jd::task<bool> rounds() {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < ping_pong::rounds; ++i) sum += co_await round();
  co_return sum == ping_pong::all;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  return measure::per_operation("ping_pong", ping_pong::all, [&] { return runtime.run(rounds()); });
}
