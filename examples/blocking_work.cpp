// SPDX-License-Identifier: MIT
// Calls that block go to threads of their own; tasks go on meanwhile.
// You will see: this file has N lines; the clock ticked meanwhile: yes
#include <jackdaw/jackdaw.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace jd = jackdaw;
using namespace std::chrono_literals;

long count_lines(const std::string& path, const std::atomic<bool>& ticked) {
  std::ifstream file(path);
  const auto lines = std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  ticked.wait(false);  // blocks this thread, which is what it is for
  return lines;
}

jd::task<> tick(std::atomic<bool>& ticked) {
  co_await jd::sleep_for(1ms);
  ticked = true;
  ticked.notify_all();
}

jd::task<> work() {
  std::atomic<bool> ticked = false;
  auto counted = [&]() -> jd::task<long> {
    co_return co_await jd::to_thread(count_lines, std::string(__FILE__), std::cref(ticked));
  };
  const auto [lines, nothing] = co_await jd::gather(counted(), tick(ticked));
  std::cout << "this file has " << lines << " lines; the clock ticked meanwhile: yes\n";
}

int main() { jd::run(work()); }
