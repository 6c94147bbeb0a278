// SPDX-License-Identifier: MIT
#include "work_stealing/worker.hpp"

#include <jackdaw/time/clock.hpp>

#include "work_stealing/pool_core.hpp"

namespace jackdaw::work_stealing {

namespace {

void count(base::atomic<std::uint64_t>& c) noexcept {
  c.store(c.load(std::memory_order_relaxed) + 1,
          std::memory_order_relaxed);  // one writer; orders nothing
}

std::int64_t nanoseconds_now() noexcept { return clock::now().time_since_epoch().count(); }

/// The owner: what is in a slot that only it fills.
work* take(base::atomic<work*>& slot) noexcept {
  if (slot.load(std::memory_order_relaxed) == nullptr) return nullptr;
  return slot.exchange(nullptr, std::memory_order_relaxed);  // what is there is our own
}

}  // namespace

worker::worker(pool_core& pool, any_executor& executor, std::uint32_t index, std::uint32_t workers,
               std::int64_t now)
    : lane(executor, index),
      wheel(now),
      pool_(pool),
      random_(index * 2654435761U + 1),
      victims_(workers, index) {
  on_fork = [](lane& l) noexcept { static_cast<worker&>(l).wake_another(); };
}

void worker::loop() noexcept {
  base::install_lane(this);
  pool_.places.note(number);
  while (!pool_.stopping()) {
    if (work* w = next_work(); w != nullptr) {
      count(polls);
      budget = operations_per_turn;
      if (observer != nullptr) [[unlikely]] {
        run_observed(*w);
      } else {
        w->run(*w);
      }
      if (budget <= 0) [[unlikely]]
        end_turn_of_forks();
    } else {
      sleep();
    }
  }
  base::install_lane(nullptr);
}

void worker::run_observed(work& w) noexcept {
  observer->begins(number, w);
  w.run(w);
  observer->ends(number);
}

void worker::push(work& w) noexcept {
  if (!queue_.push(w)) queue_.overflow_half(pool_.injected, w);
  wake_another();
}

// No wake-up: this worker runs it next. What it displaces is ordinary work, and does wake.
void worker::push_soon(work& w) noexcept {
  // release: partner is release_neglected(). What is displaced is our own.
  work* const displaced = soon_.exchange(&w, std::memory_order_release);
  if (displaced != nullptr) push(*displaced);
}

// Forks go before the queue, as whoever awaits them does; but not turn after turn.
void worker::end_turn_of_forks() noexcept {
  forks_wait_ = true;
  const std::int64_t now = nanoseconds_now();
  if (now - last_service_ < service_period) return;
  last_service_ = now;
  turns_until_service_ = 1;
}

// A turn that has ended so early was nothing but operations. Tasks that do only that are done
// sooner by one worker, as two would meet at every lock: no wake-up, and not to be stolen.
void worker::push_next_turn(work& w) noexcept {
  const std::int64_t now = nanoseconds_now();
  const bool brief = now - last_turn_ended_ < brief_turn;
  last_turn_ended_ = now;
  if (!brief) return push(w);
  work* const displaced = next_turn_.exchange(&w, std::memory_order_release);  // as in push_soon()
  if (displaced != nullptr) push(*displaced);
}

void worker::wake_another() noexcept {
  if (collecting_) {
    owed_ = true;
    return;
  }
  const std::uint32_t sleeper = pool_.asleep.worker_to_wake();
  if (sleeper == sleepers::nobody) return;
  count(wakes);
  pool_.workers[sleeper]->unpark();
}

work* worker::next_work() noexcept {
  if (patience_.waiting() && patience_.lost(nanoseconds_now())) wake_another();
  work* w = next_in_turn();
  if (w == nullptr && patience_.in_batch())
    patience_.end(polls.load(std::memory_order_relaxed), nanoseconds_now());  // relaxed: our own
  if (w == nullptr) return search();
  if (searching_) end_search();
  return w;
}

work* worker::next_in_turn() noexcept {
  if (--turns_until_service_ == 0) {
    turns_until_service_ = turns_between_services;
    look_at_events();
    soon_in_a_row_ = 0;
    if (work* w = pool_.injected.pop(); w != nullptr) return w;
    if (work* w = queue_.pop(); w != nullptr) return w;
  }
  if (soon_in_a_row_ != soon_in_a_row_max) {
    ++soon_in_a_row_;
    if (work* w = take(soon_); w != nullptr) return w;
    if (work* w = take(next_turn_); w != nullptr) return w;
  } else if (work* w = take(next_turn_); w != nullptr) {
    soon_in_a_row_ = 0;
    if (!has_work_hint()) return w;
    push(*w);  // behind the others
  }
  soon_in_a_row_ = 0;
  if (forks_wait_) [[unlikely]] {
    forks_wait_ = false;
    if (work* w = queue_.pop(); w != nullptr) return w;
  }
  if (work* w = forks.pop(); w != nullptr) return w;
  if (work* w = queue_.pop(); w != nullptr) return w;
  if (work* w = take(soon_); w != nullptr) return w;
  return take_injected();
}

work* worker::take_injected() noexcept {
  work* const w = pool_.injected.pop_batch(bundle::capacity, queue_);
  if (w == nullptr || queue_.empty_hint()) return w;
  helping_ = true;
  wake_another();
  return w;
}

// A thief that took what is spawned piece by piece would meet the spawner at every line of the
// queue and of the tasks. So it leaves a short queue alone as long as it grows, for some
// microseconds at most.
void worker::let_grow() const noexcept {
  std::size_t seen = queue_.size_hint();
  for (int pauses = pauses_while_growing; pauses <= pauses_while_growing_max; pauses *= 2) {
    if (seen == 0 || seen >= run_queue::capacity / 2) return;
    for (int i = 0; i != pauses; ++i) base::pause();
    const std::size_t now = queue_.size_hint();
    if (now <= seen) return;
    seen = now;
  }
}

work* worker::give_to(worker& thief) noexcept {
  let_grow();
  if (work* w = queue_.steal_into(thief.queue_); w != nullptr) return w;
  return forks.steal();
}

// Every other worker once, beginning at random; with several caches, among the nearest. Not each
// time: who is stuck far away is helped though there is always something to do nearby.
victim_order::order worker::next_victims() noexcept {
  random_ = random_ * 1664525U + 1013904223U;
  const std::uint32_t random = random_ / 65536;
  if (!pool_.places.matter()) [[likely]]
    return victims_.from(random);
  pool_.places.note(number);
  if (near_in_a_row_ == near_in_a_row_max) {
    near_in_a_row_ = 0;
    return victims_.from(random);
  }
  ++near_in_a_row_;
  return victims_.nearest_first(pool_.places, random);
}

// The victims; then the injector.
work* worker::look_into_queues(victim_order::order victims) noexcept {
  for (const std::uint32_t victim : victims) {
    if (work* w = pool_.workers[victim]->give_to(*this); w != nullptr) {
      count(steals);
      helping_ = true;
      return w;
    }
  }
  return take_injected();
}

work* worker::look_for_answer(victim_order::order victims) noexcept {
  answer_due = false;
  if (ignored_answers_ != 0) {
    --ignored_answers_;
    return nullptr;
  }
  const std::int64_t until = nanoseconds_now() + answer_patience;
  do {
    if (work* w = look_into_queues(victims); w != nullptr) return w;
    for (int i = 0; i != pauses_between_looks; ++i) base::pause();
  } while (nanoseconds_now() < until);
  ignored_answers_ = answers_not_awaited;
  return nullptr;
}

// The queues, for a while if that has just been worth it; then what can only be raided.
work* worker::look_around() noexcept {
  const victim_order::order victims = next_victims();
  if (answer_due) {
    if (work* w = look_for_answer(victims); w != nullptr) return w;
  }
  for (int looks = helping_ ? looks_while_helping : 1; looks != 0; --looks) {
    if (work* w = look_into_queues(victims); w != nullptr) return w;
    if (looks == 1) break;
    for (int i = 0; i != pauses_between_looks; ++i) base::pause();
  }
  for (const std::uint32_t victim : victims) {
    if (work* w = raid(pool_.workers[victim]->forks); w != nullptr) {
      count(steals);
      return w;
    }
  }
  return nullptr;
}

// A worker that forks puts something on show again in no time; one that computes is raided. One at
// a time in the pool, as each raid interrupts all of its threads; whoever finds another at it may
// rest, as that one searches, and wakes the next if it finds something.
work* worker::raid(base::fork_deque& victim) noexcept {
  for (int i = 0; i != pauses_before_raid; ++i) {
    if (!victim.stocked()) return nullptr;
    if (work* w = victim.steal(); w != nullptr) return w;
    base::pause();
  }
  // relaxed, both: a flag that saves interruptions; the deque's own words order its raiders.
  if (pool_.raid_under_way.exchange(true, std::memory_order_relaxed)) return nullptr;
  work* const w = victim.raid();
  pool_.raid_under_way.store(false, std::memory_order_relaxed);
  return w;
}

work* worker::search() noexcept {
  if (!searching_ && !pool_.asleep.try_start_searching()) return nullptr;
  searching_ = true;
  work* const w = look_around();
  if (w != nullptr) end_search();
  return w;
}

// What was published while we searched has woken nobody; and what we stole beyond one is a
// publication of ours.
void worker::end_search() noexcept {
  using enum sleepers::succession;
  searching_ = false;
  const sleepers::succession next = pool_.asleep.stop_searching();
  if (next == needed || !queue_.empty_hint() ||
      (next == if_more_is_left && !pool_.injected.empty_hint()))
    wake_another();
}

bool worker::has_work_hint() const noexcept { return !queue_.empty_hint() || !forks.empty(); }

bool worker::release_neglected() noexcept {
  for (base::atomic<work*>* slot : {&soon_, &next_turn_}) {
    // acquire: partners are push_soon() and push_next_turn().
    if (work* w = slot->exchange(nullptr, std::memory_order_acquire); w != nullptr)
      pool_.injected.push(*w);
  }
  return has_work_hint() || !pool_.injected.empty_hint();
}

void worker::sleep() noexcept {
  helping_ = false;
  const bool in_poller = pool_.try_enter_poller();
  // relaxed: the list's mutex orders it. Who takes us off the list sees it, or that we are up
  // again.
  polling_.store(in_poller, std::memory_order_relaxed);
  const bool look_again = pool_.asleep.announce_sleep(number, searching_);
  searching_ = false;
  if (look_again && pool_.anything_to_do()) {
    // Stays awake.
  } else {
    count(parks);
    rest(look_again);
    pool_.places.note(number);  // the kernel may have moved us
  }
  // A late waker at worst wakes the poller's next user for nothing.
  polling_.store(false, std::memory_order_relaxed);
  // Taken off the list by a waker: a searcher now, and the token is here or on its way.
  if (!pool_.asleep.cancel_sleep(number)) searching_ = true;
  pool_.rouse_monitor();
  if (!in_poller) return;
  collecting_ = true;
  pool_.handle_events();
  pool_.leave_poller();
  stop_collecting();
}

void worker::look_at_events() noexcept {
  collecting_ = true;
  pool_.serve_events();
  stop_collecting();
}

void worker::stop_collecting() noexcept {
  collecting_ = false;
  if (!owed_) return;
  owed_ = false;
  const std::size_t batch = queue_.size_hint();
  // relaxed: our own
  if (patience_.begin(batch, polls.load(std::memory_order_relaxed), nanoseconds_now()))
    wake_another();
}

void worker::rest(bool barrier_paid) noexcept {
  if (!polling_.load(std::memory_order_relaxed)) {  // our own
    parker_.park();
  } else if (!parker_.take_token()) {
    pool_.wait_for_events(barrier_paid);
    parker_.take_token();  // of whoever ended the wait
  }
}

void worker::unpark() noexcept {
  parker_.unpark();
  // relaxed: see sleep(). stop(), which has not looked into the list, wakes the poller in any case.
  if (polling_.load(std::memory_order_relaxed)) pool_.wake_poller();
}

}  // namespace jackdaw::work_stealing
