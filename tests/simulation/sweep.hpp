// SPDX-License-Identifier: MIT
// The sweep: every awaitable is attacked at every step, in simulations. An
// attack cancels, throws beside it, lets a timeout pass, or lets an allocation
// fail; it hits a part of a program, whose other tasks go on, or all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <vector>

#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/structured/cancel_scope.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/sync/event.hpp>
#include <jackdaw/task.hpp>
#include <jackdaw/yield.hpp>

#include "support/tracked.hpp"

namespace sweep {

enum class attack : std::uint8_t { cancel, error, timeout, allocation };
enum class extent : std::uint8_t { part, whole };

/// What a program that is swept gets, and where it says what must hold.
class stage {
 public:
  stage(attack how, extent what) noexcept : attack_(how), extent_(what) {}
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// Awaits the part of the program that is to be attacked. An attack that
  /// succeeds ends here: the program goes on without the part.
  jackdaw::task<> attacked(jackdaw::task<> part);
  /// The same around all of it; for the sweep.
  jackdaw::task<> run(jackdaw::task<> program);
  /// Strikes, if what is to be hit is there. Called between two steps.
  void strike() noexcept;

  /// A promise; the first one that is broken is reported.
  void expect(bool holds, const char* promise) noexcept {
    if (!holds && broken_ == nullptr) broken_ = promise;
  }
  [[nodiscard]] const char* broken() const noexcept { return broken_; }
  /// To be held by frames and arguments: they must all be gone in the end.
  [[nodiscard]] support::tracked token() noexcept { return support::tracked(alive_); }
  void end() noexcept { expect(alive_ == 0, "every frame and every argument is destroyed"); }

  [[nodiscard]] std::uint64_t strikes() const noexcept { return strikes_; }

 private:
  jackdaw::task<> exposed(jackdaw::task<> target);
  jackdaw::task<> exposed_to_cancel(jackdaw::task<> target);
  jackdaw::task<> exposed_to_error(jackdaw::task<> target);
  jackdaw::task<> exposed_to_timeout(jackdaw::task<> target);

  const attack attack_;
  const extent extent_;
  std::function<void()> strike_;  // null: nothing is exposed
  const char* broken_ = nullptr;
  support::tracked::counter alive_{0};
  std::uint64_t strikes_ = 0;
};

/// What was done must be undone once, on every way out. It is called, whatever fails; its own frame
/// may fail.
class deed {
 public:
  explicit deed(stage& s) noexcept : stage_(&s) {}
  deed(const deed&) = delete;
  deed& operator=(const deed&) = delete;
  ~deed() { stage_->expect(undone(), "a cleanup is called once, on every way out"); }

  void done() noexcept { ++done_; }
  [[nodiscard]] bool undone() const noexcept { return done_ == undone_; }
  jackdaw::task<> undo() {
    ++undone_;
    return yielding(stage_->token());
  }

 private:
  static jackdaw::task<> yielding(support::tracked) { co_await jackdaw::yield(); }

  stage* stage_;
  int done_ = 0;
  int undone_ = 0;
};

/// Calls a function when it is destroyed: what must hold on every way out.
template <class F>
class at_end {
 public:
  explicit at_end(F f) : f_(f) {}
  at_end(const at_end&) = delete;
  at_end& operator=(const at_end&) = delete;
  ~at_end() { f_(); }

 private:
  F f_;
};

/// A program that uses an awaitable, ends by itself, and checks what must hold.
struct subject {
  const char* name;
  jackdaw::task<> (*program)(stage&);
};
/// For the names of tests.
inline void PrintTo(const subject& s, std::ostream* out) { *out << s.name; }

// The tables.
[[nodiscard]] const std::vector<subject>& basic_subjects();
[[nodiscard]] const std::vector<subject>& sync_subjects();
[[nodiscard]] const std::vector<subject>& meeting_subjects();
[[nodiscard]] const std::vector<subject>& structured_subjects();
[[nodiscard]] const std::vector<subject>& flow_subjects();
[[nodiscard]] const std::vector<subject>& io_subjects();

/// What a sweep has done.
struct summary {
  std::uint64_t schedules = 0;
  std::uint64_t strikes = 0;
};

/// Runs a subject with the attack before each of its first 64 steps (or at each
/// of its first 64 allocations), with `seeds` seeds each. Reports broken
/// promises as failures.
summary sweep_over(const subject& s, attack how, extent what, std::uint64_t seeds);

}  // namespace sweep
