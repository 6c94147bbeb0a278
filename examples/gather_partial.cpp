// SPDX-License-Identifier: MIT
// Five lookups under one deadline: what came in time is used, the rest is known to be late.
// You will see: 0: 0, 1: 1, 2: 4, then 3 and 4 with their reason.
#include <jackdaw/jackdaw.hpp>

#include <chrono>
#include <iostream>
#include <vector>

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<int> look_up(int key) {
  co_await jd::sleep_for(key < 3 ? 1ms : 1h);
  co_return key* key;
}

jd::task<> report() {
  std::vector<jd::task<int>> lookups;
  for (int key = 0; key < 5; ++key) lookups.push_back(look_up(key));
  const auto outcomes = co_await jd::gather_settled(jd::timeout{200ms}, std::move(lookups));
  for (std::size_t key = 0; key < outcomes.size(); ++key) {
    try {
      std::cout << key << ": " << outcomes[key].value() << "\n";
    } catch (const jd::timeout_error& late) {
      std::cout << key << ": " << late.what() << "\n";
    }
  }
}

int main() { jd::run(report()); }
