// SPDX-License-Identifier: MIT
// A local that asks for more alignment than operator new gives: neither compiler aligns the frame.
#include <cstdint>
#include <cstdlib>
#include <new>

#include "toy_task.hpp"

struct alignas(64) line {
  volatile int value = 0;
};

// Memory aligned to 16 bytes and never to 64, which ordinary heaps hand out three times in four.
void* operator new(std::size_t size) {
  char* const memory = static_cast<char*>(std::aligned_alloc(64, (size + 16 + 63) / 64 * 64));
  if (memory == nullptr) std::abort();
  return memory + 16;
}
void operator delete(void* memory) noexcept { std::free(static_cast<char*>(memory) - 16); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

/// Suspends as far as the compiler can know, so that locals live in the frame.
struct at_once {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
  void await_resume() const noexcept {}
};

// Not inlined, so that its frame is not put on the stack.
[[gnu::noinline]] toy::task<bool> body() {
  line here;
  co_await at_once{};
  // Read back through a volatile: the compiler takes the alignment of `here` for granted.
  line* volatile address = &here;
  const volatile std::uintptr_t number = reinterpret_cast<std::uintptr_t>(address);
  co_return number % 64 == 0;
}

int main() { return toy::ran_well(body()) ? 0 : 1; }
