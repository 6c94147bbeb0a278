// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/scope.hpp>

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

#include <jackdaw/base/bound.hpp>
#include <jackdaw/cancellation/group_scope.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include "cancellation/cancel_walk.hpp"

namespace jackdaw {

namespace {

// Serialises those who link a chain of more than `shallow` scopes; they share the scopes' `down_`
// fields.
base::small_mutex deep_link_lock;
constexpr std::size_t shallow = base::bound(32, 1);

std::uint64_t epoch_now() noexcept {
  // seq_cst: the answer is compared again after a park was published; see park_on. acquire alone
  // would do for the states.
  return base::cancellation_epoch.value.load(std::memory_order_seq_cst);
}

void bump_epoch() noexcept {
  // seq_cst: StoreLoad before the walk's claim(); partner is park()'s exchange and its look at the
  // epoch. release: state_.
  base::cancellation_epoch.value.fetch_add(base::cancellation_epoch_line::step,
                                           std::memory_order_seq_cst);
}

// Has nobody made a request since `epoch`? A read-modify-write, though it changes nothing: whoever
// makes the next one comes after it.
bool is_latest(std::uint64_t epoch) noexcept {
  // release: what we have seen; partner is bump_epoch.
  return base::cancellation_epoch.value.fetch_add(0, std::memory_order_release) == epoch;
}

}  // namespace

void scope::forget(kept_reason* reasons) noexcept {
  while (reasons != nullptr) delete std::exchange(reasons, reasons->older);
}

scope::answer scope::evaluate() noexcept {
  const std::uint64_t epoch = epoch_now();
  bool found = false;
  bool behind_shield = false;
  scope* last = nullptr;  // the outermost scope that shares the answer: a shield may answer
                          // differently above and below
  for (scope* s = this; s != nullptr; s = s->parent_) {
    const std::uint64_t memo = s->memo();
    found = memo == (epoch | 1) && !behind_shield;
    if (found) break;
    const request r = s->state_.load(std::memory_order_acquire);  // partner: request_stop's release
    found = r == request::hard || (r == request::requested && !behind_shield);
    // Its epoch may be yet to come. So that no memo of a later one contradicts us (S20), the first
    // who sees it makes sure that those who write them know of it too.
    if (found && !is_latest(epoch)) return evaluate();
    if (!found && memo == epoch) break;
    if (!behind_shield) last = s;
    if (found) break;
    behind_shield = behind_shield || s->shield_;
  }
  if (last != nullptr) keep_answer(*last, epoch | (found ? 1U : 0U));
  return {found, epoch};
}

void scope::keep_answer(const scope& last, std::uint64_t fresh) noexcept {
  for (scope* s = this;; s = s->parent_) {
    std::uint64_t old = s->memo_.load(std::memory_order_relaxed);  // checked by the exchange
    // Within one epoch an effective memo is never replaced by an ineffective one. release: who
    // takes the answer from here also sees the request that it stands for; partners are the acquire
    // loads of memos. acquire: keeps that so down a chain of them.
    while (old < fresh && !s->memo_.compare_exchange_weak(old, fresh, std::memory_order_acq_rel,
                                                          std::memory_order_relaxed)) {
    }
    if (s == &last) return;
  }
}

bool scope::chain_requested(bool own) const noexcept {
  bool behind_shield = !own && shield_;
  for (const scope* s = own ? this : parent_; s != nullptr; s = s->parent_) {
    // relaxed: only compared. A request that the caller has met is seen, and its reason is acquired
    // where it is read.
    const request r = s->state_.load(std::memory_order_relaxed);
    if (r == request::hard || (r == request::requested && !behind_shield)) return true;
    behind_shield = behind_shield || s->shield_;
  }
  return false;
}

bool scope::effective_now() noexcept {
  // A positive memo of the current epoch is sound: some request had been seen, and taking one back
  // bumps the epoch.
  if (memo() == (epoch_now() | 1)) return true;
  if (!chain_requested(true)) return false;
  (void)evaluate();  // leaves memos, so that asking at each of many nested exits stays linear
  return true;
}

bool scope::parent_effective_now() noexcept {
  if (parent_ == nullptr) return false;
  return shield_ ? chain_requested(false) : parent_->effective_now();
}

// The innermost request that reaches here. Remembered on the way, so that throwing at each of many
// nested levels stays linear.
cancel_reason scope::effective_reason() noexcept {
  const std::uint64_t epoch = epoch_now();
  const kept_reason* found = nullptr;
  scope* last = nullptr;  // the outermost scope that shares the answer
  bool behind_shield = false;
  for (scope* s = this; s != nullptr && found == nullptr; s = s->parent_) {
    const request r = s->state_.load(std::memory_order_acquire);  // partner: set_request's release
    if (r == request::hard || (r == request::requested && !behind_shield)) {
      found = s->reason_.load(std::memory_order_acquire);  // partner: set_request's release
      break;
    }
    if (!behind_shield) {
      if (s->of_block_) found = static_cast<block_scope*>(s)->remembered_reason(epoch);
      last = s;
    }
    behind_shield = behind_shield || s->shield_;
  }
  if (found == nullptr) return {};
  for (scope* s = this; last != nullptr; s = s->parent_) {
    if (s->of_block_) static_cast<block_scope*>(s)->remember_reason(epoch, found);
    if (s == last) break;
  }
  return found->why;
}

const scope::kept_reason* block_scope::remembered_reason(std::uint64_t epoch) noexcept {
  const std::lock_guard guard(waiter_lock(this));
  return remembered_epoch_ == epoch ? remembered_ : nullptr;
}

void block_scope::remember_reason(std::uint64_t epoch, const kept_reason* r) noexcept {
  const std::lock_guard guard(waiter_lock(this));
  remembered_epoch_ = epoch;
  remembered_ = r;
}

cancel_reason scope::own_reason() const noexcept {
  const kept_reason* r = reason_.load(std::memory_order_acquire);  // partner: set_request's release
  return r != nullptr ? r->why : cancel_reason{};
}

std::int64_t scope::outer_deadline() const noexcept {
  std::int64_t earliest = INT64_MAX;
  for (const scope* s = this; s->parent_ != nullptr && !s->shield_; s = s->parent_) {
    earliest = std::min(earliest, s->parent_->deadline());
  }
  return earliest;
}

// The first request wins, with its reason (S17, S27).
bool scope::set_request(const cancel_reason& why, request level) noexcept {
  if (state_.load(std::memory_order_relaxed) >= level)
    return false;  // looked at again under the lock
  auto* kept = new (std::nothrow)
      kept_reason{why, nullptr};  // without memory the request goes through, its text does not
  const std::lock_guard guard(lock_);
  const request old = state_.load(std::memory_order_relaxed);  // under the lock
  if (old >= level) {
    delete kept;
    return false;
  }
  if (old == request::none && kept != nullptr) {
    kept->older = reason_.load(std::memory_order_relaxed);
    reason_.store(kept, std::memory_order_release);  // partner: own_reason
  } else {
    delete kept;
  }
  state_.store(level,
               std::memory_order_release);  // the reason; partners are the acquire loads of state_
  return true;
}

bool scope::request_stop(const cancel_reason& why, request level) noexcept {
  if (!set_request(why, level)) return false;
  bump_epoch();
  cancel_walk::start(*this);
  return true;
}

void scope::mark_failed(const cancel_reason& why) noexcept {
  if (set_request(why, request::requested))
    memo_.store(epoch_now() | 1, std::memory_order_release);  // as keep_answer
}

bool scope::uncancel() noexcept {
  {
    const std::lock_guard guard(lock_);
    // relaxed, both: under the lock, and nothing is learnt from `none`.
    if (state_.load(std::memory_order_relaxed) != request::requested) return false;
    state_.store(request::none, std::memory_order_relaxed);
  }
  bump_epoch();
  return true;
}

void scope::pin() noexcept {
  pins_.fetch_add(1, std::memory_order_relaxed);  // the caller knows that the scope is alive;
                                                  // nothing is read through it
}

void scope::unpin() noexcept {
  // acq_rel: what pin holders did happens before the scope's end. Partner: the other unpins and
  // close().
  if (pins_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (annex_) return parent_->unpin();
  closing_->schedule();
}

void scope::unlink() noexcept {
  // relaxed: only tasks below link, and they have all ended, or are this very task; and
  // open_group::link_all, under a lock that the groups below, and this one, have taken since.
  if (!linked_.load(std::memory_order_relaxed)) return;
  parent_->lock_.lock();
  parent_->leave(*this);
  linked_.store(false, std::memory_order_relaxed);  // under the parent's lock
  parent_->lock_.unlock();
}

bool scope::close(task_context& waiting) noexcept {
  if (of_group_) static_cast<group_scope*>(this)->close_annexes();
  unlink();
  // Nobody can take a new pin from here on. relaxed: if the owner's is the only one, there is
  // nobody to synchronise with whose last step was not a release on pins_ read here by acquire.
  if (pins_.load(std::memory_order_acquire) == 1) return true;
  closing_ = &waiting;
  return pins_.fetch_sub(1, std::memory_order_acq_rel) == 1;  // partner: unpin
}

void scope::link_to_parent() noexcept {
  scope& p = *parent_;
  p.lock_.lock();
  if (!linked_.load(std::memory_order_relaxed)) {  // under the lock
    p.members_.push_back(*this);
    linked_.store(true, std::memory_order_release);  // partner: is_linked()
  }
  p.lock_.unlock();
}

void scope::link() noexcept {
  // Top-down: a task below may stop climbing at the first linked scope, so that one must be
  // reachable from the root already.
  scope* chain[shallow];
  std::size_t n = 0;
  for (scope* s = this; s->parent_ != nullptr && !s->is_linked(); s = s->parent_) {
    if (n == shallow) {
      link_deep(*this);
      return;
    }
    chain[n++] = s;
  }
  while (n != 0) chain[--n]->link_to_parent();
}

void scope::link_deep(scope& bottom) noexcept {
  const std::lock_guard guard(deep_link_lock);
  scope* top = &bottom;
  top->down_ = nullptr;
  while (top->parent_->parent_ != nullptr && !top->parent_->is_linked()) {
    top->parent_->down_ = top;
    top = top->parent_;
  }
  for (scope* s = top; s != nullptr; s = s->down_) s->link_to_parent();
}

void scope::enrol(task_context& t) noexcept {
  link();
  if (!of_group_) {
    lock_.lock();
  } else if (scope* const annex = static_cast<group_scope*>(this)->lock_or_annex()) {
    t.home = annex;
    return annex->enrol(t);
  }
  members_.push_back(t);
  lock_.unlock();
  t.enrolled = true;
}

// Out of whichever list it is in; under lock_.
void scope::leave(member& m) noexcept {
  if (visiting_.is_last(m)) {
    visiting_.erase(m);
  } else {
    members_.erase(m);
  }
}

void scope::dismiss(task_context& t) noexcept {
  lock_.lock();
  leave(t);
  lock_.unlock();
  t.enrolled = false;
}

}  // namespace jackdaw
