// SPDX-License-Identifier: MIT
// A bounded channel between tasks: many senders, many receivers.
//
// Invariants, under the lock of the waiter table
//  1. Receivers wait only while the buffer is empty and no sender waits.
//  2. Senders wait only while the buffer is full; who takes an item moves the first waiting one's
//     in.
//  3. An item is moved exactly once from its sender: into the buffer or to a receiver, who then
//     returns normally (S31). A waiter that was cancelled first had no part in it.
#pragma once

#include <coroutine>
#include <cstddef>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/turn.hpp>
#include <jackdaw/sync/channel_closed.hpp>
#include <jackdaw/sync/released_waiters.hpp>
#include <jackdaw/sync/ring_buffer.hpp>

namespace jackdaw {

/// A queue of at most `capacity` items between tasks; 0 makes every send wait for its receiver.
///
///     while (auto item = co_await ch.receive()) use(*item);    // until it is closed and drained
///
/// First come, first served on both sides. Items that were sent before `close` can still be
/// received. T's move constructor must not throw and must not use jackdaw: it runs under an
/// internal lock. The channel must outlive those who wait on it.
///
/// Thread safety: every member from any task on any thread; `try_send`, `try_receive` and `close`
/// also from threads that are no workers. Memory ordering: a send happens before the return of the
/// receive that gets its item.
template <class T>
class channel {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "jackdaw: an item is moved under a lock, so its move constructor must not throw; "
                "send a std::unique_ptr to it instead");

 public:
  /// Throws std::bad_alloc.
  explicit channel(std::size_t capacity) : items_(capacity) {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  class send_awaiter : public list_waiter {
   public:
    send_awaiter(channel& c, T& value, task_context& t) noexcept
        : list_waiter(t, &c, c.senders_, "channel send"), channel_(&c), value_(&value) {}

    bool await_ready() noexcept {
      if (stop_requested()) return true;
      std::unique_lock held(waiter_lock(channel_));
      if (!try_now()) return false;
      held.unlock();
      wake_partner();
      ready_ = true;
      return !turn_used_up();
    }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      if (ready_) {
        task().end_turn(h);
        return true;
      }
      if (park(h, [this] { return try_now(); })) return true;
      wake_partner();
      return false;
    }
    void await_resume() const {
      throw_if_cancelled();
      if (!sent_) throw channel_closed();
    }

   private:
    friend class channel;

    // Under the lock. True: sent, or refused.
    bool try_now() noexcept {
      if (channel_->closed_) return true;
      sent_ = channel_->put(*value_, partner_);
      return sent_;
    }
    void wake_partner() noexcept {
      if (partner_ != nullptr) grant(*partner_);
    }

    channel* channel_;
    T* value_;
    waiter* partner_ = nullptr;  // the receiver that got the item
    bool sent_ = false;          // written under the lock, also by the receiver that takes the item
    bool ready_ = false;         // done, but the turn is used up
  };
  class copy_send_awaiter final : public send_awaiter {
   public:
    copy_send_awaiter(channel& c, T&& value, task_context& t) noexcept
        : send_awaiter(c, copy_, t), copy_(std::move(value)) {}

   private:
    T copy_;
  };

  class receive_awaiter final : public list_waiter {
   public:
    receive_awaiter(channel& c, task_context& t) noexcept
        : list_waiter(t, &c, c.receivers_, "channel receive"), channel_(&c) {}

    bool await_ready() noexcept {
      if (stop_requested()) return true;
      std::unique_lock held(waiter_lock(channel_));
      if (!try_now()) return false;
      held.unlock();
      wake_partner();
      ready_ = true;
      return !turn_used_up();
    }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      if (ready_) {
        task().end_turn(h);
        return true;
      }
      if (park(h, [this] { return try_now(); })) return true;
      wake_partner();
      return false;
    }
    std::optional<T> await_resume() {
      throw_if_cancelled();
      return std::move(item_);
    }

   private:
    friend class channel;

    // Under the lock. True: there is an item, or there will never be one.
    bool try_now() noexcept { return channel_->take(item_, partner_) || channel_->closed_; }
    void wake_partner() noexcept {
      if (partner_ != nullptr) grant(*partner_);
    }

    channel* channel_;
    std::optional<T> item_;
    waiter* partner_ = nullptr;  // the sender whose item was taken
    bool ready_ = false;         // done, but the turn is used up
  };

  class [[nodiscard("write co_await ch.send(v)")]] sending {
   public:
    sending(channel& c, T& value) noexcept : channel_(&c), value_(&value) {}
    send_awaiter bind(task_context& t) const noexcept {
      return send_awaiter(*channel_, *value_, t);
    }

   private:
    channel* channel_;
    T* value_;
  };
  class [[nodiscard("write co_await ch.send(v)")]] copy_sending {
   public:
    copy_sending(channel& c, const T& value) : channel_(&c), copy_(value) {}
    copy_send_awaiter bind(task_context& t) && noexcept {
      return copy_send_awaiter(*channel_, std::move(copy_), t);
    }

   private:
    channel* channel_;
    T copy_;
  };
  class [[nodiscard("write co_await ch.receive()")]] receiving {
   public:
    explicit receiving(channel& c) noexcept : channel_(&c) {}
    receive_awaiter bind(task_context& t) const noexcept { return receive_awaiter(*channel_, t); }

   private:
    channel* channel_;
  };

  /// Sends an item, waiting for room. A checkpoint. Throws channel_closed. Unless it returns
  /// normally the item was not sent and `v` is untouched; `v` must live until then.
  sending send(T&& v) noexcept { return sending(*this, v); }
  /// The same with a copy, made at once.
  copy_sending send(const T& v) { return copy_sending(*this, v); }

  /// Receives the next item, waiting for it; empty when the channel is closed and drained. A
  /// checkpoint; `cancelled` means that no item was taken.
  receiving receive() noexcept { return receiving(*this); }

  /// False, with `v` untouched, if there is no room or the channel is closed. No checkpoint.
  [[nodiscard]] bool try_send(T&& v) noexcept {
    waiter* receiver = nullptr;
    {
      const std::lock_guard held(waiter_lock(this));
      if (closed_ || !put(v, receiver)) return false;
    }
    if (receiver != nullptr) grant(*receiver);
    return true;
  }
  [[nodiscard]] bool try_send(const T& v) { return try_send(T(v)); }

  /// Empty if there is no item now. No checkpoint.
  [[nodiscard]] std::optional<T> try_receive() noexcept {
    std::optional<T> item;
    waiter* sender = nullptr;
    {
      const std::lock_guard held(waiter_lock(this));
      if (!take(item, sender)) return item;
    }
    if (sender != nullptr) grant(*sender);
    return item;
  }

  /// Ends the sending: waiting and later senders get channel_closed; receivers get what is in the
  /// buffer and then nothing. Idempotent. Any thread; runs no user code.
  void close() noexcept {
    released_waiters released;
    const auto all = [](waiter&) { return true; };
    bool more = true;
    while (more) {
      const std::lock_guard held(waiter_lock(this));
      closed_ = true;
      more = released.take_batch(receivers_, all) || released.take_batch(senders_, all);
    }
    released.wake_all();
  }

  [[nodiscard]] bool closed() const noexcept {
    const std::lock_guard held(waiter_lock(this));
    return closed_;
  }
  /// Items in the buffer; a snapshot.
  [[nodiscard]] std::size_t size() const noexcept {
    const std::lock_guard held(waiter_lock(this));
    return items_.size();
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return items_.capacity(); }

 private:
  // Under the lock. `receiver`: to be granted after it. False: no room.
  [[nodiscard]] bool put(T& v, waiter*& receiver) noexcept {
    if (waiter* const first = receivers_.pop_front(); first != nullptr) {
      static_cast<receive_awaiter&>(*first).item_.emplace(std::move(v));
      receiver = first;
      return true;
    }
    if (items_.full()) return false;
    items_.push(std::move(v));
    return true;
  }

  // Under the lock. `sender`: to be granted after it. False: no item.
  [[nodiscard]] bool take(std::optional<T>& item, waiter*& sender) noexcept {
    if (!items_.empty()) item.emplace(items_.pop());
    if (waiter* const first = senders_.pop_front(); first != nullptr) {
      auto& from = static_cast<send_awaiter&>(*first);
      if (item.has_value()) {
        items_.push(std::move(*from.value_));
      } else {
        item.emplace(std::move(*from.value_));
      }
      from.sent_ = true;
      sender = first;
    }
    return item.has_value();
  }

  ring_buffer<T> items_;  // these four are guarded by waiter_lock(this)
  waiter_list senders_;
  waiter_list receivers_;
  bool closed_ = false;
};

}  // namespace jackdaw
