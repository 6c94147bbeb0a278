// SPDX-License-Identifier: MIT
// The floor of posts: the thread that posts, without posting.
#include "workload.hpp"

int main() {
  return posting::share_of_core([] {});
}
