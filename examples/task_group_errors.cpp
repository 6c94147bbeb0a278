// SPDX-License-Identifier: MIT
// One child fails, its sibling is cancelled, and every error arrives once, sorted by type.
// You will see: the sibling was cancelled, then: no number: "seven"
#include <jackdaw/jackdaw.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

namespace jd = jackdaw;

jd::task<int> parse(std::string text, jd::event& sibling_runs) {
  co_await sibling_runs.wait();
  if (text.find_first_not_of("0123456789") != text.npos)
    throw std::invalid_argument("no number: \"" + text + "\"");
  co_return std::stoi(text);
}

jd::task<> wait_for_ever(jd::event& runs) try {
  runs.set();
  co_await jd::sleep_until(jd::clock::time_point::max());
} catch (const jd::cancelled&) {
  std::cout << "the sibling was cancelled\n";
  throw;
}

jd::task<> work() {
  jd::event runs;
  co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
    group.spawn(wait_for_ever(runs));
    group.spawn(parse, "seven", std::ref(runs));
    co_return;
  });
}

int main() try { jd::run(work()); } catch (const jd::exception_group& errors) {
  errors.handle([](const std::invalid_argument& error) { std::cout << error.what() << "\n"; });
}
