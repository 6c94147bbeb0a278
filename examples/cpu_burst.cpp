// SPDX-License-Identifier: MIT
// A computation that would hold a worker for long goes to oneTBB's threads.
// You will see: 9592 primes below 100000
#include <jackdaw/jackdaw.hpp>

#include <iostream>

namespace jd = jackdaw;

bool is_prime(int number) {
  for (int i = 2; i * i <= number; ++i)
    if (number % i == 0) return false;
  return number > 1;
}

int count_primes(int below) {
  int count = 0;
  for (int i = 0; i < below; ++i) count += is_prime(i);
  return count;
}

jd::task<> report() {
  const int count = co_await jd::offload(count_primes, 100'000);
  std::cout << count << " primes below 100000\n";
}

int main() { jd::run(report()); }
