// SPDX-License-Identifier: MIT
// What was created outside of a runtime, or while there is another one, has not leaked.
#include <utility>

#include <jackdaw/runtime.hpp>
#include <jackdaw/task.hpp>

namespace jd = jackdaw;

jd::task<int> number(int n) { co_return n; }
jd::task<jd::task<int>> make() { co_return number(0); }

int main() {
  jd::task<int> later = number(0);
  {
    jd::runtime first;
    jd::task<int> inner = first.run(make());
    {
      jd::runtime second;
      (void)second.run(number(1));
    }
    (void)first.run(std::move(inner));
  }
  return jd::run(std::move(later));
}
