// SPDX-License-Identifier: MIT
// How many members a task group has: who enters and who leaves count on words of their own.
//
// A group's body and its children run on different cores, and a word that both of them change at
// each spawn and each end goes to and fro between their caches. So while the body runs, entries are
// counted in `entered_` and ends in `left_`; when it ends, it adds the first up to the second. From
// then on both are counted in `left_`, and who takes it to 0 was the last member.
//
// States: open (the body is a member) -> body ended -> over (`left_` is 0). Invariants
//  1. While open, `left_` is `body` less the ends so far, and never near 0: a server's group may be
//     open for years, and see more than 2^32 of them, but not 2^61.
//  2. An entry that has seen `ended` in `entered_` is not part of what was added up, and enters
//     through `left_`; every other one is.
//  3. Only members enter, or who holds the lock that the group must take before it is over
//     (try_enter). So `left_` does not go up again once it is 0.
#pragma once

#include <cstddef>
#include <cstdint>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/rare_call.hpp>

namespace jackdaw {

/// Thread safety: any thread, in the roles that the comments name. Memory ordering: what every
/// member has done happens before what the last one does after its `leave` or `body_left`.
class membership {
 public:
  /// Of a group whose body runs; so many have entered and left already.
  explicit membership(std::uint64_t past = 0) noexcept : left_(body - past), entered_(past) {}
  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;

  /// A member lets another one in; its number, from 0.
  std::size_t enter() noexcept {
    // relaxed: the caller is a member, so the group stays open; the submission of the new member
    // publishes it.
    const std::uint64_t before = entered_.fetch_add(1, std::memory_order_relaxed);
    if (before >= ended) [[unlikely]]
      enter_late();
    return number(before);
  }

  /// Somebody who is no member lets one in, unless the group is over.
  [[nodiscard]] bool try_enter(std::size_t& number) noexcept;

  /// A member's last step. True: it was the last one.
  [[nodiscard]] bool leave() noexcept {
    // acq_rel: everything that the members did happens before what the last one does (S1).
    // Partners: each other, and body_left().
    return left_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  /// The body's last step. True: it was the last member.
  [[nodiscard]] bool body_left() noexcept;

  /// The caller, a member: is it the only one? Nobody outside may be entering.
  [[nodiscard]] bool only_one() const noexcept;

  /// Members but for the body; a snapshot.
  [[nodiscard]] std::size_t live() const noexcept;

 private:
  static constexpr std::uint64_t ended = std::uint64_t{1} << 63;  // the body has, in entered_
  static constexpr std::uint64_t body = std::uint64_t{1} << 62;   // in left_

  static std::size_t number(std::uint64_t entries) noexcept {
    return static_cast<std::size_t>(entries & ~ended);
  }
  JACKDAW_RARE_CALL void enter_late() noexcept;

  base::atomic<std::uint64_t> left_;  // written by who leaves; partners: each other
  // Without alignas, which coroutine frames do not know.
  [[maybe_unused]] std::byte apart_[base::cache_line - sizeof(std::uint64_t)];
  base::atomic<std::uint64_t> entered_;  // written by who lets in, and by the body's end
};

}  // namespace jackdaw
