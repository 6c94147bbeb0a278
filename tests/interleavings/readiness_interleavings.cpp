// SPDX-License-Identifier: MIT
// One direction of a descriptor under the model checker: operations, the reactor's edges, a
// canceller and a closer, with the steps of reactor.cpp around the word.
//
// The descriptor is a counter of bytes. The kernel adds one and tells of an edge afterwards. An
// edge that is lost shows as a deadlock: the operation waits for ever.
#include "reactor/readiness.hpp"

#include <optional>

#include "check.hpp"

namespace {

using jackdaw::reactor::readiness;
namespace base = jackdaw::base;

// A thread that waits for its grant on a semaphore; the wait word is checked elsewhere.
struct alignas(16) operation {
  operation() : granted(rl::ctx().sema_ctor(false, 0, 2)) {}
  ~operation() { rl::ctx().sema_dtor(granted); }
  void grant() {
    unsigned before = 0;
    granted->post(1, before, RL_INFO);
  }
  rl::sema_data* granted;
};

using direction_word = readiness<operation>;

class descriptor {
 public:
  enum class result { byte, closed, cancelled, refused };

  descriptor() { word.reset(); }

  /// The kernel: a byte arrives, then its edge is dispatched.
  void arrive() {
    bytes.fetch_add(1, std::memory_order_acq_rel);
    if (operation* const op = word.signal(false); op != nullptr) op->grant();
  }
  /// reactor::start, publish, and resume after each grant; `cancelled` is looked at after one.
  result read(operation& op) {
    result how{};
    if (start(how)) return how;
    for (;;) {
      while (!word.wait(op)) {
        if (start(how)) return how;
      }
      op.granted->wait(false, false, RL_INFO);
      if (op_cancelled == 1) return result::cancelled;
      if (resume(how)) return how;
    }
  }
  /// A canceller, who holds the task in place.
  bool cancel(operation& op) {
    if (!word.unlink(op)) return false;
    op_cancelled = 1;
    op.grant();
    return true;
  }
  void close() {
    const auto found = word.close();
    RL_ASSERT(found.first);
    if (found.waiting != nullptr) found.waiting->grant();
    leave(found.in_use ? 1 : 2);
  }

  direction_word word;
  base::atomic<int> bytes{0};
  base::atomic<int> users{2};  // the closer and this direction
  base::plain<int> closed{0};
  base::plain<int> in_call{0};
  base::plain<int> taken{0};
  base::plain<int> op_cancelled{0};

 private:
  using beginning = direction_word::beginning;
  using ending = direction_word::ending;

  bool start(result& how) {
    switch (word.begin()) {
      case beginning::attempt: return attempt(how);
      case beginning::not_ready: return false;
      case beginning::busy: how = result::refused; return true;
      case beginning::closed: how = result::closed; return true;
    }
    return false;
  }
  bool resume(result& how) {
    if (!word.is_closed()) return attempt(how);
    (void)word.end(false);
    leave(1);
    how = result::closed;
    return true;
  }
  bool attempt(result& how) {
    for (;;) {
      if (system_call()) {
        how = result::byte;
        if (word.end(true) == ending::closed) leave(1);
        return true;
      }
      switch (word.end_empty()) {
        case ending::left: return false;
        case ending::again: break;
        case ending::closed:
          how = result::closed;
          leave(1);
          return true;
      }
    }
  }
  // Takes what there is: a short read. A data race on in_call if two operations have the direction;
  // an error after the close. A call that finds nothing is ordered before the byte that comes next:
  // the kernel has a lock.
  bool system_call() {
    RL_ASSERT(closed == 0);
    in_call = in_call + 1;
    const int n = bytes.exchange(0, std::memory_order_acq_rel);
    taken = taken + n;
    return n != 0;
  }
  void leave(int n) {
    if (users.fetch_sub(n, std::memory_order_acq_rel) == n) closed = 1;
  }
};

template <class Suite, unsigned Threads>
struct suite : rl::test_suite<Suite, Threads> {
  using result = descriptor::result;
  std::optional<descriptor> fd;
  std::optional<operation> op;

  void before() {
    fd.emplace();
    op.emplace();
  }
  void after() {
    op.reset();
    fd.reset();
  }
};

// Two bytes come, one at a time, and operations follow each other until they have both.
struct no_edge_is_lost : suite<no_edge_is_lost, 2> {
  void thread(unsigned index) {
    if (index == 0) {
      while (fd->taken != 2) RL_ASSERT(fd->read(*op) == result::byte);
      return;
    }
    fd->arrive();
    fd->arrive();
  }
};

// A byte against a cancel: the byte is read, or still there for the next who reads.
struct byte_against_cancel : suite<byte_against_cancel, 3> {
  void thread(unsigned index) {
    if (index == 0) {
      const result how = fd->read(*op);
      RL_ASSERT(how == result::byte || how == result::cancelled);
      if (how == result::byte) return;
      fd->op_cancelled = 0;
      RL_ASSERT(fd->read(*op) == result::byte);
    } else if (index == 1) {
      fd->arrive();
    } else {
      (void)fd->cancel(*op);
    }
  }
};

// The descriptor is closed when nobody is in a call on it, and by one of them.
struct close_against_read : suite<close_against_read, 3> {
  void thread(unsigned index) {
    if (index == 0) {
      const result how = fd->read(*op);
      RL_ASSERT(how == result::byte || how == result::closed);
      RL_ASSERT(how == result::byte || fd->word.is_closed());
    } else if (index == 1) {
      fd->arrive();
    } else {
      fd->close();
    }
  }
  void after() {
    RL_ASSERT(fd->closed == 1);
    suite::after();
  }
};

// A second operation is refused, or comes before or after the first one.
struct one_at_a_time : suite<one_at_a_time, 3> {
  std::optional<operation> second;

  void before() {
    suite::before();
    second.emplace();
  }
  void thread(unsigned index) {
    if (index == 2) {
      fd->arrive();
      fd->close();
      return;
    }
    const result how = fd->read(index == 0 ? *op : *second);
    RL_ASSERT(how != result::cancelled);
  }
  void after() {
    RL_ASSERT(fd->closed == 1);
    second.reset();
    suite::after();
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<no_edge_is_lost>("no edge is lost") &&
                 check<byte_against_cancel>("a cancelled read has taken nothing") &&
                 check<close_against_read>("closed once, and under nobody's call") &&
                 check<one_at_a_time>("one operation at a time")
             ? 0
             : 1;
}
