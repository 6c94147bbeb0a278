// SPDX-License-Identifier: MIT
// relacy_seam.hpp for sources with state of static storage: the epoch of cancellation, the table of
// waiter locks. It begins anew with each schedule. And for types that Relacy cannot print:
// enumerations and texts.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "relacy_seam.hpp"

namespace jackdaw::base {

template <>
class atomic<std::uint64_t>;

/// What has static storage and is simulated. A suite calls `begin` in before() and `end` in
/// after().
struct statics {
  static inline std::uint64_t execution = 0;
  static inline std::vector<atomic<std::uint64_t>*> atomics;
  static inline std::vector<rl::generic_mutex_data*> mutexes;

  /// A mutex lives as long as the schedule, also that of an object which ends before.
  static rl::generic_mutex_data& make_mutex() {
    rl::generic_mutex_data* const made = rl::ctx().mutex_ctor(false, false, false, false);
    mutexes.push_back(made);
    return *made;
  }
  static void begin();
  static void end();
};

/// Relacy has no compare-and-swap whose failure is ordered more strongly than its success (C++17
/// has): it would do nothing and report failure. Such a one becomes seq_cst in both cases, which is
/// stronger.
constexpr std::memory_order success_order(std::memory_order success, std::memory_order failure) {
  return failure == std::memory_order_seq_cst ? std::memory_order_seq_cst : success;
}

/// As the general one, and may have static storage.
template <>
class atomic<std::uint64_t> {
  using location = std::source_location;
  using value_type = std::uint64_t;

 public:
  atomic() = default;
  atomic(value_type value) : initial_(value) {
    if (rl::context::is_instance()) {
      cell_ = new simulated_atomic<value_type>(value);
    } else {
      statics::atomics.push_back(this);
    }
  }
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;
  ~atomic() {
    if (rl::context::is_instance()) delete cell_;
  }

  void begin() { cell_ = new simulated_atomic<value_type>(initial_); }
  void end() { delete std::exchange(cell_, nullptr); }

  value_type load(std::memory_order o, location at = location::current()) const {
    return cell_->load(o, at);
  }
  void store(value_type value, std::memory_order o, location at = location::current()) {
    cell_->store(value, o, at);
  }
  value_type exchange(value_type value, std::memory_order o, location at = location::current()) {
    return cell_->exchange(value, o, at);
  }
  value_type fetch_add(value_type value, std::memory_order o, location at = location::current()) {
    return cell_->fetch_add(value, o, at);
  }
  value_type fetch_sub(value_type value, std::memory_order o, location at = location::current()) {
    return cell_->fetch_sub(value, o, at);
  }
  value_type fetch_or(value_type value, std::memory_order o, location at = location::current()) {
    return cell_->fetch_or(value, o, at);
  }
  bool compare_exchange_strong(value_type& expected, value_type desired, std::memory_order success,
                               std::memory_order failure, location at = location::current()) {
    return cell_->compare_exchange_strong(expected, desired, success_order(success, failure),
                                          failure, at);
  }
  bool compare_exchange_weak(value_type& expected, value_type desired, std::memory_order success,
                             std::memory_order failure, location at = location::current()) {
    // A spurious failure at every turn multiplies an exhaustive search; the random schedules have
    // them.
    if (!rl::ctx().is_random_sched())
      return compare_exchange_strong(expected, desired, success, failure, at);
    return cell_->compare_exchange_weak(expected, desired, success_order(success, failure), failure,
                                        at);
  }

 private:
  value_type initial_ = 0;
  simulated_atomic<value_type>* cell_ = nullptr;
};

/// An atomic whose values are simulated as those of another type of the same size or larger.
template <class T, class Simulated>
class atomic_by_cast {
  using location = std::source_location;

 public:
  atomic_by_cast() = default;
  atomic_by_cast(T value) : cell_(to(value)) {}

  T load(std::memory_order o, location at = location::current()) const {
    return from(cell_.load(o, at));
  }
  void store(T value, std::memory_order o, location at = location::current()) {
    cell_.store(to(value), o, at);
  }
  T exchange(T value, std::memory_order o, location at = location::current()) {
    return from(cell_.exchange(to(value), o, at));
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                               std::memory_order failure, location at = location::current()) {
    Simulated seen = to(expected);
    const bool done = cell_.compare_exchange_strong(seen, to(desired), success, failure, at);
    expected = from(seen);
    return done;
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure, location at = location::current()) {
    Simulated seen = to(expected);
    const bool done = cell_.compare_exchange_weak(seen, to(desired), success, failure, at);
    expected = from(seen);
    return done;
  }

 private:
  static Simulated to(T value) {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<Simulated>(value);
    } else {
      return static_cast<Simulated>(value);
    }
  }
  static T from(Simulated value) {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(value);
    } else {
      return static_cast<T>(value);
    }
  }

  atomic<Simulated> cell_;
};

template <class T>
  requires std::is_enum_v<T>
class atomic<T> : public atomic_by_cast<T, std::uint32_t> {
 public:
  using atomic_by_cast<T, std::uint32_t>::atomic_by_cast;
};

template <class T>
  requires std::is_enum_v<T>
class plain<T> {
 public:
  plain(T value) : cell_(static_cast<std::uint32_t>(value)) {}
  plain& operator=(T value) {
    cell_ = static_cast<std::uint32_t>(value);
    return *this;
  }
  operator T() const { return static_cast<T>(static_cast<std::uint32_t>(cell_)); }

 private:
  plain<std::uint32_t> cell_;
};

template <>
class atomic<const char*> : public atomic_by_cast<const char*, std::uint64_t> {
 public:
  using atomic_by_cast::atomic_by_cast;
};

inline void statics::begin() {
  ++execution;
  mutexes.clear();
  for (atomic<std::uint64_t>* a : atomics) a->begin();
}
inline void statics::end() {
  for (rl::generic_mutex_data* m : std::exchange(mutexes, {})) rl::ctx().mutex_dtor(m);
  for (atomic<std::uint64_t>* a : atomics) a->end();
}

}  // namespace jackdaw::base
