// SPDX-License-Identifier: MIT
// Work that nobody waits for has an owner all the same, which ends it in order.
// You will see: letter 1 sent ... letter 3 sent, then: all letters are out, the heart stopped
#include <jackdaw/jackdaw.hpp>

#include <chrono>
#include <iostream>

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<> deliver(int letter) {
  co_await jd::sleep_for(20ms * letter);
  std::cout << "letter " << letter << " sent\n";
}

jd::task<> beat(bool& stopped) {
  try {
    for (;;) co_await jd::sleep_for(1ms);
  } catch (const jd::cancelled&) {
    stopped = true;
    throw;
  }
}

jd::task<> work() {
  bool stopped = false;
  jd::background_tasks tasks;
  tasks.spawn(beat, std::ref(stopped));
  for (int letter = 1; letter <= 3; ++letter) tasks.spawn(deliver, letter);
  co_await tasks.shutdown(jd::timeout{500ms});  // lets them end for so long, then cancels
  std::cout << "all letters are out, the heart " << (stopped ? "stopped" : "beats") << "\n";
}

int main() { jd::run(work()); }
