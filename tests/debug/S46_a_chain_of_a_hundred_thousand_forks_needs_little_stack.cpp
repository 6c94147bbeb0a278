// SPDX-License-Identifier: MIT
// The end of a child jumps to what comes next, also where nothing is optimised.
#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/gather.hpp>

namespace jd = jackdaw;

constexpr int levels = 100'000;

jd::task<int> leaf() { co_return 1; }

jd::task<int> chain(int below) {
  if (below == 0) co_return 0;
  const auto [one, others] = co_await jd::gather(leaf(), chain(below - 1));
  co_return one + others;
}

int main() { return jd::run(chain(levels)) == levels ? 0 : 1; }
