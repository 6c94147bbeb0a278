// SPDX-License-Identifier: MIT
// A transfer that takes too long is cancelled, and rolled back before anybody hears of it.
// You will see: begin, roll back, then: too late
#include <jackdaw/jackdaw.hpp>

#include <chrono>
#include <iostream>

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<> roll_back() {
  co_await jd::sleep_for(1ms);  // a cleanup may wait: it is shielded, and bounded by its timeout
  std::cout << "roll back\n";
}

jd::task<> write_records() {
  std::cout << "begin\n";
  co_await jd::sleep_for(1h);
  std::cout << "never printed\n";
}

jd::task<> transfer() { co_await jd::with_cleanup(write_records(), roll_back, jd::timeout{5s}); }

jd::task<> try_transfer() {
  try {
    co_await jd::with_timeout(20ms, transfer());
  } catch (const jd::timeout_error&) {
    std::cout << "too late\n";
  }
}

int main() { jd::run(try_transfer()); }
