// SPDX-License-Identifier: MIT
// Asking a scope whether it is cancelled, under the model checker: own states, the epoch, and the
// memos that everybody writes who asks.
#include <jackdaw/cancellation/scope.hpp>

#include <optional>

#include "simulated_worker.hpp"

namespace {

using namespace jackdaw;

constexpr std::uint64_t asker = 1;
constexpr std::uint64_t timer = 2;
cancel_reason asked() { return cancel_reason(cancel_kind::explicit_request, {}, asker); }
cancel_reason expired() { return cancel_reason(cancel_kind::deadline, {}, timer); }

// Who sees a request sees its reason.
bool has_origin(const cancel_reason& why) { return why.origin() != 0; }

// root <- middle <- bottom; the middle one may be a shield.
template <class Suite, unsigned Threads, scope::barrier Middle = scope::barrier::none>
struct suite : rl::test_suite<Suite, Threads> {
  std::optional<scope> root;
  std::optional<scope> middle;
  std::optional<scope> bottom;

  void before() {
    base::statics::begin();
    root.emplace();
    middle.emplace(&*root, nullptr, Middle);
    bottom.emplace(&*middle, nullptr);
  }
  void after() {
    bottom.reset();
    middle.reset();
    root.reset();
    base::statics::end();
  }
};

// S21: who knows of the request sees it, though others keep writing memos of what they saw before
// it.
struct no_stale_answer : suite<no_stale_answer, 3> {
  base::atomic<int> told{0};

  void thread(unsigned index) {
    if (index == 0) {
      RL_ASSERT(root->cancel(asked()));
      told.store(1, std::memory_order_release);
    } else if (index == 1) {
      const bool knows = told.load(std::memory_order_acquire) == 1;
      const bool answer = bottom->effective();
      RL_ASSERT(answer || !knows);
      RL_ASSERT(middle->effective_now() || !answer);  // who catches it knows that it is not foreign
      RL_ASSERT(has_origin(middle->effective_reason()) || !answer);
    } else {
      (void)bottom->evaluate();
      const bool answer = middle->effective();
      RL_ASSERT(middle->effective_now() || !answer);
      RL_ASSERT(has_origin(middle->effective_reason()) || !answer);
    }
  }
  void after() {
    RL_ASSERT(bottom->effective() && middle->effective() && root->effective());
    suite::after();
  }
};

// S20: what the owner has taken back is not delivered again, though others write memos of what they
// saw before that.
struct taken_back : suite<taken_back, 3> {
  base::plain<int> taken{0};

  void thread(unsigned index) {
    if (index == 0) {
      RL_ASSERT(middle->cancel(asked()));
    } else if (index == 1) {
      if (!middle->effective()) return;
      RL_ASSERT(middle->uncancel());
      taken = 1;
      RL_ASSERT(!middle->effective() && !middle->effective_now());
    } else {
      (void)bottom->evaluate();
      (void)bottom->effective();
    }
  }
  void after() {
    RL_ASSERT(middle->requested() == (taken == 0));
    RL_ASSERT(middle->effective() == (taken == 0) && bottom->effective() == (taken == 0));
    RL_ASSERT(!root->effective());
    suite::after();
  }
};

// S41, S44: a request of above does not pass the shield, the runtime's last one does.
struct shield_and_hard : suite<shield_and_hard, 3, scope::barrier::shield> {
  base::atomic<int> hard{0};

  void thread(unsigned index) {
    if (index == 0) {
      (void)root->cancel(asked());
    } else if (index == 1) {
      hard.store(1, std::memory_order_relaxed);
      RL_ASSERT(root->cancel_hard(expired()));
    } else {
      const bool outside = root->effective();
      if (bottom->effective()) RL_ASSERT(hard.load(std::memory_order_relaxed) == 1);
      RL_ASSERT(root->effective() || !outside);
    }
  }
  void after() {
    RL_ASSERT(bottom->effective() && middle->effective() && root->effective());
    suite::after();
  }
};

// S20: who has seen a request before its epoch goes on seeing it, though others keep writing memos
// that know nothing of it, for the epoch of another one.
struct seen_early : suite<seen_early, 3, scope::barrier::shield> {
  void thread(unsigned index) {
    if (index == 0) {
      (void)middle->cancel(asked());
    } else if (index == 1) {
      (void)root->cancel(expired());
      (void)bottom->effective();
    } else if (bottom->evaluate().effective) {
      RL_ASSERT(bottom->effective() && middle->effective());
    }
  }
  void after() {
    RL_ASSERT(bottom->effective() && middle->effective());
    suite::after();
  }
};

// S17, S27: one of two requests wins, and its reason is the one that everybody reads.
struct first_reason_wins : suite<first_reason_wins, 3> {
  base::plain<bool> won[2];

  void thread(unsigned index) {
    if (index == 2) {
      if (root->requested()) RL_ASSERT(has_origin(root->own_reason()));
      if (bottom->effective()) RL_ASSERT(has_origin(bottom->effective_reason()));
      return;
    }
    won[index] = root->cancel(index == 0 ? asked() : expired());
  }
  void after() {
    RL_ASSERT(won[0] != won[1]);
    RL_ASSERT(bottom->effective_reason().kind() ==
              (won[0] ? cancel_kind::explicit_request : cancel_kind::deadline));
    suite::after();
  }
};

// Who has seen one request may meet another one, nearer, that has just come: with its reason too.
struct two_requests : suite<two_requests, 3> {
  void thread(unsigned index) {
    if (index == 0) {
      RL_ASSERT(root->cancel(asked()));
    } else if (index == 1) {
      RL_ASSERT(middle->cancel(expired()));
    } else if (bottom->effective()) {
      RL_ASSERT(has_origin(bottom->effective_reason()));
      RL_ASSERT(has_origin(bottom->effective_reason()));  // remembered by now
    }
  }
  void after() {
    RL_ASSERT(bottom->effective_reason().origin() == timer);
    suite::after();
  }
};

// The owner takes its request back and makes another one: who reads a reason meanwhile reads one
// that is whole.
struct asked_again : suite<asked_again, 2> {
  void thread(unsigned index) {
    if (index == 0) {
      RL_ASSERT(middle->cancel(asked()));
      RL_ASSERT(middle->uncancel());
      RL_ASSERT(middle->cancel(expired()));
      return;
    }
    if (middle->requested()) RL_ASSERT(has_origin(middle->own_reason()));
    if (bottom->effective()) (void)bottom->effective_reason();
  }
  void after() {
    RL_ASSERT(bottom->effective_reason().origin() == timer);
    suite::after();
  }
};

// A group whose last member has failed says so without an epoch; whoever comes in through a handle
// at that moment sees the reason, or nothing.
struct marked_as_failed : suite<marked_as_failed, 2> {
  void thread(unsigned index) {
    if (index == 0) {
      middle->mark_failed(asked());
      return;
    }
    scope late(&*middle, nullptr);
    if (late.effective()) RL_ASSERT(has_origin(late.effective_reason()));
  }
  void after() {
    RL_ASSERT(middle->effective() && !root->effective());
    suite::after();
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<no_stale_answer>("who knows of a request sees it (S21)", 2) &&
                 check<taken_back>("a request that was taken back is gone (S20)", 2) &&
                 check<shield_and_hard>("a shield stops all but the last request (S41, S44)", 2) &&
                 check<seen_early>("what is seen once stays seen (S20)", 2) &&
                 check<first_reason_wins>("the first request wins, with its reason (S17, S27)",
                                          2) &&
                 check<asked_again>("a reason is whole while another one replaces it") &&
                 check<marked_as_failed>("a group that has failed has a reason") &&
                 check<two_requests>("each of two requests has its reason (S27)", 2)
             ? 0
             : 1;
}
