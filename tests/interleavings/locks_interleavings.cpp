// SPDX-License-Identifier: MIT
// What lets a number of tasks in, under the model checker: every pair of operations of mutex,
// shared_mutex, semaphore and capacity_limiter.
//
// A lost wake-up shows as a deadlock, two who should not be inside together as a data race, and
// what is left in the end is counted.
#include <jackdaw/sync/capacity_limiter.hpp>
#include <jackdaw/sync/mutex.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/sync/shared_mutex.hpp>

#include "operation_pairs.hpp"

namespace {

using namespace jackdaw;
using interleavings::make_lock_of;
using interleavings::operation;
using interleavings::simulated_task;

// S29, S30. `unlock` gives back what was taken before the two tasks began.
struct mutex_world {
  using op = operation<mutex_world>;

  mutex m;
  mutex::guard taken_before;
  base::plain<int> inside{0};

  mutex_world(const op& a, const op& b) {
    make_lock_of(&m);
    if (a.run == unlock || b.run == unlock) taken_before = m.try_lock();
  }
  // Who is cancelled tries once more.
  static void lock(mutex_world& w, simulated_task& t) {
    if (const auto guard = t.await(w.m.lock())) {
      w.inside = w.inside + 1;
    } else {
      try_lock(w, t);
    }
  }
  static void try_lock(mutex_world& w, simulated_task&) {
    if (const auto guard = w.m.try_lock()) w.inside = w.inside + 1;
  }
  static void unlock(mutex_world& w, simulated_task&) {
    w.inside = w.inside + 1;
    w.taken_before.unlock();
  }
  static constexpr auto operations() {
    return std::array{op{"lock", lock}, op{"try_lock", try_lock}, op{"unlock", unlock, 0, 0, 1}};
  }
  void check() { RL_ASSERT(m.try_lock().owns_lock()); }
};

// S29, S30, for readers and writers.
struct shared_mutex_world {
  using op = operation<shared_mutex_world>;

  shared_mutex m;
  shared_mutex::guard written_before;
  shared_mutex::shared_guard read_before;
  base::plain<int> inside{0};

  shared_mutex_world(const op& a, const op& b) {
    make_lock_of(&m);
    if (a.run == unlock || b.run == unlock) written_before = m.try_lock();
    if (a.run == unlock_shared || b.run == unlock_shared) read_before = m.try_lock_shared();
  }
  // Who is cancelled tries once more.
  static void lock(shared_mutex_world& w, simulated_task& t) {
    if (const auto guard = t.await(w.m.lock())) {
      w.inside = w.inside + 1;
    } else {
      try_lock(w, t);
    }
  }
  static void lock_shared(shared_mutex_world& w, simulated_task& t) {
    if (const auto guard = t.await(w.m.lock_shared())) {
      RL_ASSERT(w.inside >= 0);
    } else {
      try_lock_shared(w, t);
    }
  }
  static void try_lock(shared_mutex_world& w, simulated_task&) {
    if (const auto guard = w.m.try_lock()) w.inside = w.inside + 1;
  }
  static void try_lock_shared(shared_mutex_world& w, simulated_task&) {
    if (const auto guard = w.m.try_lock_shared()) RL_ASSERT(w.inside >= 0);
  }
  static void unlock(shared_mutex_world& w, simulated_task&) {
    w.inside = w.inside + 1;
    w.written_before.unlock();
  }
  static void unlock_shared(shared_mutex_world& w, simulated_task&) {
    RL_ASSERT(w.inside >= 0);
    w.read_before.unlock();
  }
  static constexpr auto operations() {
    return std::array{op{"lock", lock},
                      op{"lock_shared", lock_shared},
                      op{"try_lock", try_lock},
                      op{"try_lock_shared", try_lock_shared},
                      op{"unlock", unlock, 0, 0, 1},
                      op{"unlock_shared", unlock_shared, 0, 0, 1}};
  }
  void check() { RL_ASSERT(m.try_lock().owns_lock()); }
};

// A writer that waits behind a reader is cancelled: whoever waits behind it comes in, though the
// reader stays.
struct cancelled_writer : rl::test_suite<cancelled_writer, 3> {
  std::optional<scope> scopes[2];
  std::optional<shared_mutex> m;
  shared_mutex::shared_guard reading;
  std::optional<simulated_task> writer;
  std::optional<simulated_task> reader;

  void before() {
    base::statics::begin();
    for (auto& s : scopes) s.emplace();
    m.emplace();
    make_lock_of(&*m);
    reading = m->try_lock_shared();
    writer.emplace(*scopes[0], 0);
    reader.emplace(*scopes[1], 1);
  }
  void thread(unsigned index) {
    if (index == 0) {
      RL_ASSERT(!writer->await(m->lock()));
      writer->end();
    } else if (index == 1) {
      RL_ASSERT(reader->await(m->lock_shared()).has_value());
      reader->end();
    } else {
      (void)scopes[0]->cancel(cancel_reason(cancel_kind::explicit_request));
    }
  }
  void after() {
    RL_ASSERT(m->try_lock_shared().owns_lock());
    reading.unlock();
    RL_ASSERT(m->try_lock().owns_lock());
    m.reset();
    writer.reset();
    reader.reset();
    for (auto& s : scopes) s.reset();
    base::statics::end();
  }
};

// A writer lets in a reader that waits; another one comes in by itself, and sees the writer's work.
struct later_reader : rl::test_suite<later_reader, 3> {
  std::optional<scope> root;
  std::optional<shared_mutex> m;
  shared_mutex::guard writing;
  std::optional<simulated_task> reader;
  base::plain<int> written{0};

  void before() {
    base::statics::begin();
    root.emplace();
    m.emplace();
    make_lock_of(&*m);
    writing = m->try_lock();
    reader.emplace(*root, 0);
  }
  void thread(unsigned index) {
    if (index == 0) {
      const auto guard = reader->await(m->lock_shared());
      RL_ASSERT(guard.has_value() && written == 1);
      reader->end();
    } else if (index == 1) {
      written = 1;
      writing.unlock();
    } else if (const auto guard = m->try_lock_shared()) {
      RL_ASSERT(written == 1);
    }
  }
  void after() {
    m.reset();
    reader.reset();
    root.reset();
    base::statics::end();
  }
};

// S28, S29. With `release` there is no permit at first.
struct semaphore_world {
  using op = operation<semaphore_world>;

  semaphore s;
  base::plain<int> released_by[2] = {{0}, {0}};
  bool starts_empty;

  semaphore_world(const op& a, const op& b)
      : s(a.run == release || b.run == release ? 0 : 1),
        starts_empty(a.run == release || b.run == release) {
    make_lock_of(&s);
  }
  void see_release(simulated_task& t) {
    if (starts_empty) RL_ASSERT(released_by[t.other()] == 1);
  }
  static void acquire(semaphore_world& w, simulated_task& t) {
    if (const auto permit = t.await(w.s.acquire())) w.see_release(t);
  }
  static void try_acquire(semaphore_world& w, simulated_task& t) {
    if (const auto permit = w.s.try_acquire()) w.see_release(t);
  }
  static void release(semaphore_world& w, simulated_task& t) {
    w.released_by[t.index()] = 1;
    w.s.release();
  }
  static void available(semaphore_world& w, simulated_task&) { RL_ASSERT(w.s.available() <= 1); }
  static constexpr auto operations() {
    return std::array{op{"acquire", acquire}, op{"try_acquire", try_acquire},
                      op{"release", release, 0, 0, 1}, op{"available", available}};
  }
  void check() { RL_ASSERT(s.available() == 1 && s.try_acquire()); }
};

// The same for tokens, of which there is one more after `raise`.
struct limiter_world {
  using op = operation<limiter_world>;

  capacity_limiter l;
  std::size_t total;

  limiter_world(const op& a, const op& b)
      : l(a.run == raise || b.run == raise ? 0 : 1), total(l.total_tokens()) {
    make_lock_of(&l);
  }
  static void acquire(limiter_world& w, simulated_task& t) {
    if (const auto token = t.await(w.l.acquire_on_behalf_of(&t))) {
      RL_ASSERT(w.l.borrowed_tokens() == 1);
    }
  }
  static void try_acquire(limiter_world& w, simulated_task& t) {
    if (const auto token = w.l.try_acquire_on_behalf_of(&t)) {
      RL_ASSERT(w.l.borrowed_tokens() == 1);
    }
  }
  static void raise(limiter_world& w, simulated_task&) { w.l.set_total_tokens(1); }
  static constexpr auto operations() {
    return std::array{op{"acquire", acquire}, op{"try_acquire", try_acquire},
                      op{"set_total_tokens", raise, 0, 0, 1}};
  }
  void check() { RL_ASSERT(l.borrowed_tokens() == 0 && l.available_tokens() == 1); }
};

}  // namespace

int main() {
  using namespace interleavings;
  return check_pairs<mutex_world>("mutex") && check_pairs<shared_mutex_world>("shared_mutex") &&
                 check<cancelled_writer>("a cancelled writer lets those behind it in", 2) &&
                 check<later_reader>("a later reader sees the writer's work", 2) &&
                 check_pairs<semaphore_world>("semaphore") &&
                 check_pairs<limiter_world>("capacity_limiter")
             ? 0
             : 1;
}
