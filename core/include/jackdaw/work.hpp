// SPDX-License-Identifier: MIT
// A unit of work: the one thing that executors know how to run.
#pragma once

namespace jackdaw {

/// A unit of work. It is intrusive: whoever submits it owns the storage and keeps it alive until
/// `run` is called. Once an executor has called `run`, it does not touch the object again, so `run`
/// may free it or submit it anew.
///
/// Thread safety: `next` belongs to whichever queue holds the work; nobody else reads or writes it.
struct work {
  using function = void (*)(work&) noexcept;

  explicit work(function f) noexcept : run(f) {}
  work(const work&) = delete;
  work& operator=(const work&) = delete;

  work* next = nullptr;
  function run;

 protected:
  ~work() = default;
};

}  // namespace jackdaw
