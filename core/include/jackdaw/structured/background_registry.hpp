// SPDX-License-Identifier: MIT
// The runtime's list of what runs in the background: nothing there is ever lost.
#pragma once

#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/reason.hpp>

namespace jackdaw {

/// Something that runs in the background: the tasks of a manager, or a submission that nobody waits
/// for any more.
class background_entry : public base::list_node<> {
 public:
  /// Requests cancellation, if `hard` through shields. Called under the registry's lock.
  virtual void request_end(const cancel_reason& why, bool hard) noexcept = 0;

 protected:
  ~background_entry() = default;
};

/// All that runs in the background of a runtime. Thread safety: everything from any thread; the
/// waits from foreign threads only.
class background_registry {
 public:
  void add(background_entry& e) noexcept;
  void remove(background_entry& e) noexcept;

  /// Requests cancellation of everything in it.
  void cancel_all(const cancel_reason& why, bool hard) noexcept;
  /// Blocks until it is empty, at most until `deadline` (nanoseconds on jd::clock). False: it is
  /// not.
  [[nodiscard]] bool wait_until_empty(std::int64_t deadline) noexcept;
  [[nodiscard]] std::size_t size() const noexcept;

 private:
  mutable base::small_mutex lock_;
  base::intrusive_list<background_entry> all_;  // guarded by lock_
  // Entries that are registered. Written under lock_, which orders it; waited for as a futex.
  base::atomic<std::uint32_t> count_{0};
};

}  // namespace jackdaw
