// SPDX-License-Identifier: MIT
#include <jackdaw/executors/strand.hpp>

#include <mutex>
#include <utility>

#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw {

/// The strand's queue, which is itself work for the executor below. It outlives the strand while it
/// runs: its last piece of work may be what the owner of the strand waited for.
class strand::queue final : public work {
 public:
  explicit queue(any_executor& runs_on) noexcept : work(run_batch), runs_on_(&runs_on) {}

  void push(work& w, const std::shared_ptr<queue>& self) noexcept {
    w.next = nullptr;
    {
      const std::lock_guard guard(lock_);
      (last_ != nullptr ? last_->next : first_) = &w;
      last_ = &w;
      if (active_ != nullptr) return;
      active_ = self;
    }
    runs_on_->submit(*this);
  }

 private:
  static constexpr int batch = 64;

  static void run_batch(work& w) noexcept {
    auto& self = static_cast<queue&>(w);
    for (int n = 0; n != batch; ++n) {
      work* const next = self.pop();
      if (next == nullptr) return;
      next->run(*next);
    }
    self.runs_on_->submit(self);
  }

  // Null: nothing is left, and the queue may be gone.
  [[nodiscard]] work* pop() noexcept {
    std::shared_ptr<queue> ended;  // let go of after the lock
    const std::lock_guard guard(lock_);
    work* const w = first_;
    if (w == nullptr) {
      ended = std::move(active_);
      return nullptr;
    }
    first_ = w->next;
    if (first_ == nullptr) last_ = nullptr;
    return w;
  }

  any_executor* const runs_on_;
  base::small_mutex lock_;  // guards the rest
  work* first_ = nullptr;   // linked by `next`
  work* last_ = nullptr;
  std::shared_ptr<queue> active_;  // this, while it is submitted or runs; else null
};

strand::strand(any_executor& runs_on) : queue_(std::make_shared<queue>(runs_on)) {}
strand::~strand() = default;

void strand::submit(work& w) noexcept { queue_->push(w, queue_); }

}  // namespace jackdaw
