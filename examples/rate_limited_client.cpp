// SPDX-License-Identifier: MIT
// A hundred requests, at most four of them at once. You will see: 100 answers, at most 4 at once
#include <jackdaw/jackdaw.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <vector>

namespace jd = jackdaw;
using namespace std::chrono_literals;

struct client {
  jd::semaphore slots{4};
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;

  jd::task<int> ask(int question) {
    const auto slot = co_await slots.acquire();
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    co_await jd::sleep_for(1ms);
    --inside;
    co_return question + 1;
  }
};

jd::task<> ask_everything() {
  client one;
  std::vector<jd::task<int>> questions;
  for (int i = 0; i < 100; ++i) questions.push_back(one.ask(i));
  const std::vector<int> answers = co_await jd::gather(std::move(questions));
  std::cout << answers.size() << " answers, at most " << one.most << " at once\n";
}

int main() { jd::run(ask_everything()); }
