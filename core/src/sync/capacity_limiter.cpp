// SPDX-License-Identifier: MIT
#include <jackdaw/sync/capacity_limiter.hpp>

#include <mutex>
#include <stdexcept>

#include <jackdaw/cancellation/turn.hpp>
#include <jackdaw/sync/released_waiters.hpp>

namespace jackdaw {

namespace {

[[noreturn]] void throw_borrowed_already() {
  throw std::logic_error(
      "jackdaw: this borrower has a token of the limiter already and would wait for itself; "
      "release "
      "it first, or borrow on behalf of something else");
}

template <class Set>
typename Set::node_type make_node(typename Set::value_type value) {
  Set made{value};
  return made.extract(made.begin());
}

}  // namespace

capacity_limiter::awaiter::awaiter(capacity_limiter& l, borrower who, task_context& t)
    : list_waiter(t, &l, l.waiters_, "capacity_limiter"),
      limiter_(&l),
      node_(make_node<borrower_set>(who)) {}

bool capacity_limiter::awaiter::await_suspend(std::coroutine_handle<> h) noexcept {
  if (park(h, [this] { return limiter_->lend(*this); })) return true;
  if (was_cancelled() || !turn_used_up()) return false;
  task().end_turn(h);
  return true;
}

capacity_limiter::token capacity_limiter::awaiter::await_resume() {
  throw_if_cancelled();
  if (refused_) throw_borrowed_already();
  return token(*limiter_, place_);
}

capacity_limiter::token capacity_limiter::try_acquire_on_behalf_of(const void* object) {
  auto node = make_node<borrower_set>({0, object});
  const std::lock_guard held(waiter_lock(this));
  if (borrowers_.contains(node.value())) throw_borrowed_already();
  if (!waiters_.empty() || borrowers_.size() >= total_) return {};
  return token(*this, borrowers_.insert(std::move(node)).position);
}

std::size_t capacity_limiter::total_tokens() const noexcept {
  const std::lock_guard held(waiter_lock(this));
  return total_;
}

std::size_t capacity_limiter::borrowed_tokens() const noexcept {
  const std::lock_guard held(waiter_lock(this));
  return borrowers_.size();
}

std::ptrdiff_t capacity_limiter::available_tokens() const noexcept {
  const std::lock_guard held(waiter_lock(this));
  return static_cast<std::ptrdiff_t>(total_) - static_cast<std::ptrdiff_t>(borrowers_.size());
}

void capacity_limiter::set_total_tokens(std::size_t total) noexcept {
  waiter_lock(this).lock();
  total_ = total;
  lend_and_unlock();
}

void capacity_limiter::give_back(borrower_set::iterator place) noexcept {
  waiter_lock(this).lock();
  const auto freed_after_the_lock = borrowers_.extract(place);
  lend_and_unlock();
}

// Under the lock. True: lent, or refused. False: the caller links its waiter.
bool capacity_limiter::lend(awaiter& a) noexcept {
  a.refused_ = borrowers_.contains(a.node_.value());
  if (a.refused_) return true;
  if (!waiters_.empty() || borrowers_.size() >= total_) return false;
  a.place_ = borrowers_.insert(std::move(a.node_)).position;
  return true;
}

// With the lock held.
void capacity_limiter::lend_and_unlock() noexcept {
  released_waiters served;
  base::backoff_mutex& lock = waiter_lock(this);
  bool more = lend_batch(served);
  lock.unlock();
  while (more) {
    lock.lock();
    more = lend_batch(served);
    lock.unlock();
  }
  served.wake_all();
}

// With the lock held. True: there may be more to serve.
bool capacity_limiter::lend_batch(released_waiters& served) noexcept {
  return served.take_batch(waiters_, [this](waiter& w) {
    if (borrowers_.size() >= total_) return false;
    auto& a = static_cast<awaiter&>(w);
    auto put = borrowers_.insert(std::move(a.node_));
    a.place_ = put.position;
    a.refused_ = !put.inserted;  // it got one while it waited here; its node goes with `put`
    return true;
  });
}

}  // namespace jackdaw
