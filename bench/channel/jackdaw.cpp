// SPDX-License-Identifier: MIT
// A channel on jackdaw.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/channel.hpp>

#include <functional>
#include <optional>
#include <vector>

#include "../harness/measure.hpp"
#include "workload.hpp"

namespace {

namespace jd = jackdaw;
using items = jd::channel<std::uint64_t>;

/// Sends every `step`-th item from `first` on.
jd::task<> produce(items& to, std::uint64_t first, std::uint64_t step) {
  for (std::uint64_t i = first; i < channels::items; i += step) co_await to.send(i);
}

jd::task<> produce_all(items& to, std::uint64_t sides) {
  std::vector<jd::task<>> producers;
  for (std::uint64_t i = 0; i < sides; ++i) producers.push_back(produce(to, i, sides));
  co_await jd::gather(std::move(producers));
  to.close();
}

jd::task<std::uint64_t> consume(items& from) {
  std::uint64_t sum = 0;
  for (;;) {
    const std::optional<std::uint64_t> item = co_await from.receive();
    if (!item) co_return sum;
    sum += *item;
  }
}

jd::task<bool> transfer(std::uint64_t sides) {
  items channel(channels::capacity);
  auto body = [&](jd::task_group& group) -> jd::task<std::uint64_t> {
    std::vector<jd::join_handle<std::uint64_t>> consumers;
    for (std::uint64_t i = 0; i < sides; ++i)
      consumers.push_back(group.spawn(consume, std::ref(channel)));
    group.spawn(produce_all, std::ref(channel), sides);
    std::uint64_t sum = 0;
    for (auto& consumer : consumers) sum += co_await std::move(consumer);
    co_return sum;
  };
  const std::uint64_t sum = co_await jd::with_task_group(body);
  co_return sum == channels::expected;
}

}  // namespace

int main(int argc, char** argv) {
  jd::runtime runtime{jd::runtime_options{.workers = measure::workers(argc, argv)}};
  const auto run = [&](const char* name, std::uint64_t sides) {
    return measure::per_operation(name, channels::items,
                                  [&] { return runtime.run(transfer(sides)); });
  };
  return run("channel_1p1c", 1) + run("channel_2p2c", 2);
}
