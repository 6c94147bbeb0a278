// SPDX-License-Identifier: MIT
// foreign_thread: a thread that is no worker and does small jobs at once, so that a stress test
// need not start one per round.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace support {

/// Runs `job(context)` after a short random spin, concurrently with whoever has posted it.
class foreign_thread {
 public:
  using job = void (*)(void*);

  foreign_thread() : thread_([this] { loop(); }) {}
  foreign_thread(const foreign_thread&) = delete;
  foreign_thread& operator=(const foreign_thread&) = delete;
  ~foreign_thread() {
    post(nullptr, nullptr, 0);
    thread_.join();
  }

  /// One at a time: `finish` comes between two posts. `spins`: how long the thread hesitates.
  void post(job j, void* context, std::uint32_t spins) noexcept {
    job_ = j;
    context_ = context;
    spins_ = spins;
    posted_.store(++round_, std::memory_order_release);  // partner: loop()
  }
  /// Has the job that was posted last been done?
  [[nodiscard]] bool finished() const noexcept {
    return done_.load(std::memory_order_acquire) == round_;  // partner: loop()
  }
  void finish() const noexcept {
    while (!finished()) std::this_thread::yield();
  }

 private:
  void loop() noexcept {
    for (std::uint64_t round = 1;; ++round) {
      for (int idle = 0; posted_.load(std::memory_order_acquire) != round; ++idle) {
        if (idle > 2000) std::this_thread::yield();
      }
      if (job_ == nullptr) return;
      for (std::uint32_t i = 0; i < spins_; ++i) (void)posted_.load(std::memory_order_relaxed);
      job_(context_);
      done_.store(round, std::memory_order_release);
    }
  }

  // Written by the poster before posted_, read by the thread after it.
  job job_ = nullptr;
  void* context_ = nullptr;
  std::uint32_t spins_ = 0;
  std::uint64_t round_ = 0;
  std::atomic<std::uint64_t> posted_{0};  // written by the poster
  std::atomic<std::uint64_t> done_{0};    // written by the thread
  std::thread thread_;
};

}  // namespace support
