// SPDX-License-Identifier: MIT
// Two greetings at the same time, the slower one first. You will see: hello jackdaw
#include <jackdaw/jackdaw.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace jd = jackdaw;
using namespace std::chrono_literals;

jd::task<std::string> say(std::string word, std::chrono::milliseconds after) {
  co_await jd::sleep_for(after);
  co_return word;
}

jd::task<> greet() {
  const auto [first, second] = co_await jd::gather(say("hello", 20ms), say("jackdaw", 10ms));
  std::cout << first << " " << second << "\n";
}

int main() { jd::run(greet()); }
