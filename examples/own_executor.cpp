// SPDX-License-Identifier: MIT
// An executor that runs work when the main thread gets to it, as a window's event loop would.
// You will see: drawn on the main thread: yes
#include <jackdaw/jackdaw.hpp>

#include <iostream>
#include <mutex>
#include <thread>

namespace jd = jackdaw;

class event_loop final : public jd::any_executor {
 public:
  void submit(jd::work& unit) noexcept override {
    const std::lock_guard lock(mutex_);
    unit.next = std::exchange(newest_, &unit);
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    if (newest_ == nullptr) return;
    jd::work& unit = *std::exchange(newest_, newest_->next);
    lock.unlock();
    unit.run(unit);
  }

 private:
  std::mutex mutex_;
  jd::work* newest_ = nullptr;
};

jd::task<std::thread::id> draw() { co_return std::this_thread::get_id(); }
int main() {
  event_loop window;
  jd::runtime runtime;
  auto drawn = runtime.submit(jd::run_on(window, draw()));
  while (!drawn.wait_for(std::chrono::milliseconds(1))) window.run_one();
  const char* answer = drawn.get() == std::this_thread::get_id() ? "yes" : "no";
  std::cout << "drawn on the main thread: " << answer << "\n";
}
