// SPDX-License-Identifier: MIT
// An executor is a class with one function: this one runs work when the main thread says so, as a
// window's event loop would. You will see: drawn on the main thread: yes
#include <jackdaw/jackdaw.hpp>

#include <iostream>
#include <mutex>
#include <thread>
#include <utility>

namespace jd = jackdaw;

class event_loop final : public jd::any_executor {
 public:
  void submit(jd::work& unit) noexcept override {
    const std::lock_guard lock(mutex_);
    unit.next = std::exchange(newest_, &unit);
  }

  void run_what_came() {
    std::unique_lock lock(mutex_);
    jd::work* unit = std::exchange(newest_, nullptr);
    lock.unlock();
    while (unit != nullptr) {
      jd::work* next = unit->next;  // running it may free it
      unit->run(*unit);
      unit = next;
    }
  }

 private:
  std::mutex mutex_;
  jd::work* newest_ = nullptr;
};
static_assert(jd::executor<event_loop>);

jd::task<std::thread::id> draw() { co_return std::this_thread::get_id(); }
jd::task<std::thread::id> draw_on(event_loop& loop) { co_return co_await jd::run_on(loop, draw()); }

int main() {
  event_loop window;
  jd::runtime runtime;
  auto drawn = runtime.submit(draw_on(window));
  while (!drawn.done()) window.run_what_came();
  std::cout << "drawn on the main thread: " << (drawn.get() == std::this_thread::get_id() ? "yes" : "no") << "\n";
}
