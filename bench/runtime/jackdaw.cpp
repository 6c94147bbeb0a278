// SPDX-License-Identifier: MIT
// What a runtime does all day, on jackdaw: spawn and join, yield, channel, semaphore. The sizes are
// those of tokio/src/main.rs.
#include <jackdaw/jackdaw.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace jd = jackdaw;

/// How many operations were done, and whether their results were right.
struct account {
  std::uint64_t operations;
  bool right;
};

constexpr std::uint64_t batches = 1000;
constexpr std::uint64_t batch_size = 1000;
constexpr std::uint64_t yielding_tasks = 64;
constexpr std::uint64_t yields_each = 20'000;
constexpr std::size_t channel_pairs = 2;
constexpr std::size_t channel_capacity = 64;
constexpr std::uint64_t items_each = 500'000;
constexpr std::uint64_t semaphore_tasks = 64;
constexpr std::uint64_t acquires_each = 10'000;
constexpr std::int64_t permits = 4;

jd::task<std::uint64_t> give_back(std::uint64_t value) { co_return value; }

jd::task<std::uint64_t> spawn_batch() {
  auto body = [](jd::task_group& group) -> jd::task<std::uint64_t> {
    std::vector<jd::join_handle<std::uint64_t>> children;
    children.reserve(batch_size);
    for (std::uint64_t i = 0; i < batch_size; ++i) children.push_back(group.spawn(give_back, i));
    std::uint64_t sum = 0;
    for (auto& child : children) {
      const std::uint64_t value = co_await std::move(child);
      sum += value;
    }
    co_return sum;
  };
  co_return co_await jd::with_task_group(body);
}

jd::task<account> spawn_join() {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < batches; ++i) {
    const std::uint64_t of_batch = co_await spawn_batch();
    sum += of_batch;
  }
  co_return account{batches * batch_size, sum == batches * batch_size * (batch_size - 1) / 2};
}

jd::task<std::uint64_t> yield_often() {
  std::uint64_t count = 0;
  for (; count < yields_each; ++count) co_await jd::yield();
  co_return count;
}

template <class Make>
jd::task<account> sum_of(std::uint64_t tasks, std::uint64_t expected, Make make) {
  auto body = [&](jd::task_group& group) -> jd::task<std::uint64_t> {
    std::vector<jd::join_handle<std::uint64_t>> children;
    for (std::uint64_t i = 0; i < tasks; ++i) children.push_back(group.spawn(make));
    std::uint64_t sum = 0;
    for (auto& child : children) {
      const std::uint64_t value = co_await std::move(child);
      sum += value;
    }
    co_return sum;
  };
  const std::uint64_t sum = co_await jd::with_task_group(body);
  co_return account{expected, sum == expected};
}

jd::task<account> yielding() {
  co_return co_await sum_of(yielding_tasks, yielding_tasks * yields_each, yield_often);
}

jd::task<> produce(jd::channel<std::uint64_t>& to) {
  for (std::uint64_t i = 0; i < items_each; ++i) co_await to.send(i);
  to.close();
}

jd::task<std::uint64_t> consume(jd::channel<std::uint64_t>& from) {
  std::uint64_t sum = 0;
  for (;;) {
    const std::optional<std::uint64_t> item = co_await from.receive();
    if (!item) co_return sum;
    sum += *item;
  }
}

jd::task<account> channels() {
  std::array<jd::channel<std::uint64_t>, channel_pairs> all{
      {jd::channel<std::uint64_t>(channel_capacity), jd::channel<std::uint64_t>(channel_capacity)}};
  auto body = [&](jd::task_group& group) -> jd::task<std::uint64_t> {
    std::vector<jd::join_handle<std::uint64_t>> consumers;
    for (auto& each : all) {
      group.spawn(produce, std::ref(each));
      consumers.push_back(group.spawn(consume, std::ref(each)));
    }
    std::uint64_t sum = 0;
    for (auto& consumer : consumers) {
      const std::uint64_t value = co_await std::move(consumer);
      sum += value;
    }
    co_return sum;
  };
  const std::uint64_t sum = co_await jd::with_task_group(body);
  co_return account{channel_pairs * items_each,
                    sum == channel_pairs * (items_each * (items_each - 1) / 2)};
}

/// Holds the permit across a yield, so that most tasks wait for one.
jd::task<std::uint64_t> acquire_often(jd::semaphore& from) {
  std::uint64_t count = 0;
  for (; count < acquires_each; ++count) {
    const auto permit = co_await from.acquire();
    co_await jd::yield();
  }
  co_return count;
}

jd::task<account> semaphores() {
  jd::semaphore limit(permits);
  const auto one = [&limit] { return acquire_often(limit); };
  co_return co_await sum_of(semaphore_tasks, semaphore_tasks * acquires_each, one);
}

jd::task<int> measure(std::string_view name, jd::task<account> (*work)()) {
  const auto started = std::chrono::steady_clock::now();
  const account done = co_await work();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - started;
  std::printf("%.*s %.2f %s\n", static_cast<int>(name.size()), name.data(),
              took.count() / static_cast<double>(done.operations), done.right ? "right" : "WRONG");
  std::fflush(stdout);
  co_return done.right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t threads = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2;
  jd::runtime runtime{jd::runtime_options{.workers = threads}};
  int wrong = 0;
  wrong += runtime.run(measure("spawn_join", spawn_join));
  wrong += runtime.run(measure("yield", yielding));
  wrong += runtime.run(measure("channel", channels));
  wrong += runtime.run(measure("semaphore", semaphores));
  return wrong;
}
