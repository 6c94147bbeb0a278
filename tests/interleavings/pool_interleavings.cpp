// SPDX-License-Identifier: MIT
// The work-stealing pool itself under the model checker: workers, queues, sleep, poller, timers,
// monitor and stop, as they ship. Its threads are simulated ones, and so are its clock and futexes.
//
// Where there is no monitor, work that is left lying beside a sleeping worker is never run, and the
// checker reports a deadlock: wake-ups must be exact.
#include "work_stealing/pool_core.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <jackdaw/time/clock.hpp>

#include "check.hpp"

namespace {

using jackdaw::base::plain;
using jackdaw::work_stealing::cache_groups;
using jackdaw::work_stealing::parker;
using jackdaw::work_stealing::pool_core;
using jackdaw::work_stealing::pool_threads;
using jackdaw::work_stealing::simulated_thread;

constexpr std::int64_t a_while = 1'000'000;  // nanoseconds
std::int64_t time_of_day = 0;                // begins anew with each schedule
std::int64_t time_of_a_look = a_while;
int cpu_of_a_look = 0;  // another one each time

}  // namespace

// Time passes whenever somebody looks.
jackdaw::clock::time_point jackdaw::clock::now() noexcept {
  return time_point(duration(time_of_day += time_of_a_look));
}

namespace {

/// One worker at a time is in it, and sees what the one before it has left there.
class watched_poller final : public jackdaw::work_stealing::poller {
 public:
  void wait(std::int64_t deadline) noexcept override {
    waits_ = waits_ + 1;  // a data race, if that is not so
    inner_.wait(deadline);
  }
  std::size_t dispatch() noexcept override { return inner_.dispatch(); }
  void wake() noexcept override { inner_.wake(); }

 private:
  plain<int> waits_{0};
  jackdaw::work_stealing::timed_poller inner_;
};

class pool final : public jackdaw::any_executor {
 public:
  pool(std::size_t workers, cache_groups groups)
      : core(*this, workers, &poller_, nullptr, nullptr, std::move(groups)) {}
  void submit(jackdaw::work& w) noexcept override { core.submit(w); }
  void submit_soon(jackdaw::work& w) noexcept override { core.submit_soon(w); }
  void submit_next_turn(jackdaw::work& w) noexcept override { core.submit_next_turn(w); }

 private:
  watched_poller poller_;

 public:
  pool_core core;
};

/// Something that a thread waits for, which must happen so often.
class countdown {
 public:
  explicit countdown(int n) : left_(n) {}
  void arrive() noexcept {
    // acq_rel: who waits sees what all have done.
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) seat_.unpark();
  }
  void wait() noexcept { seat_.park(); }

 private:
  jackdaw::base::atomic<int> left_;
  parker seat_;
};

/// Work that must be run once, after what its submitter has written; then it does what the suite
/// says, and arrives.
template <class Suite>
struct job final : jackdaw::work {
  using action = void (Suite::*)();
  job(Suite& s, countdown& c, action a = nullptr) : work(run_it), suite(s), done(c), does(a) {}

  job& prepared() {
    content = 1;
    return *this;
  }

 private:
  static void run_it(work& w) noexcept {
    auto& self = static_cast<job&>(w);
    RL_ASSERT(self.content == 1);
    RL_ASSERT(self.runs == 0);
    self.runs = 1;
    if (self.does != nullptr) (self.suite.*self.does)();
    self.done.arrive();
  }

  Suite& suite;
  countdown& done;
  const action does;
  plain<int> content{0};
  plain<int> runs{0};
};

/// The threads of a pool: its workers, and perhaps the monitor.
template <unsigned Workers, unsigned Monitors = 0>
struct pool_of {
  static constexpr unsigned workers = Workers;
  static constexpr unsigned threads = Workers + Monitors;
  static cache_groups groups() { return {}; }
};
using two_workers = pool_of<2>;
using three_workers = pool_of<3>;
using two_workers_and_the_monitor = pool_of<2, 1>;

/// Whenever one of them looks where it is, it has moved to another cache.
struct three_workers_that_move : three_workers {
  static cache_groups groups() {
    return {{0, 1, 2}, {0, 0, 1}, [] { return cpu_of_a_look = (cpu_of_a_look + 1) % 3; }};
  }
};

/// Thread 0 makes a pool, does what the script says, and destroys the pool; it
/// returns, so every worker has ended. The others are the pool's, and foreign ones.
template <class Suite, class Pool, unsigned ForeignThreads = 0>
struct on_a_pool : rl::test_suite<Suite, 1 + Pool::threads + ForeignThreads> {
  using jobs = job<Suite>;
  static constexpr unsigned foreign_from = Pool::threads;

  void before() {
    jackdaw::base::statics::begin();
    time_of_day = 0;
    cpu_of_a_look = 0;
    pool_threads::available.clear();
    for (auto& t : threads) t.emplace();
    for (unsigned i = 0; i != Pool::threads; ++i) pool_threads::available.push_back(&*threads[i]);
  }
  void after() {
    for (auto& t : threads) t.reset();
    jackdaw::base::statics::end();
  }

  void thread(unsigned index) {
    if (index != 0) return threads[index - 1]->serve();
    executor.emplace(Pool::workers, Pool::groups());
    if constexpr (ForeignThreads != 0) {
      for (unsigned i = 0; i != ForeignThreads; ++i)
        threads[foreign_from + i]->start([this, i] { self().foreign(i); });
    }
    self().script();
    executor.reset();
    for (unsigned i = 0; i != ForeignThreads; ++i) threads[foreign_from + i]->join();
  }

  Suite& self() { return static_cast<Suite&>(*this); }
  void submit(jobs& j) { executor->submit(j.prepared()); }
  void submit_soon(jobs& j) { executor->submit_soon(j.prepared()); }
  // So soon after one another that only the first is handed to the others at once.
  template <class... Jobs>
  void submit_next_turns(Jobs&... each) {
    time_of_a_look = 1;
    (executor->submit_next_turn(each.prepared()), ...);
    time_of_a_look = a_while;
  }

  std::array<std::optional<simulated_thread>, foreign_from + ForeignThreads> threads;
  std::optional<pool> executor;
};

// Work from outside, from inside, and once more when all may be asleep.
template <class Pool>
struct everything_is_run : on_a_pool<everything_is_run<Pool>, Pool> {
  using jobs = job<everything_is_run>;
  countdown first{4};
  countdown again{1};
  jobs outside{*this, first}, parent{*this, first, &everything_is_run::from_inside};
  jobs child{*this, first}, next{*this, first}, late{*this, again};

  void from_inside() {
    this->submit(child);
    this->submit_soon(next);
  }
  void script() {
    this->submit(outside);
    this->submit(parent);
    first.wait();
    this->submit(late);
    again.wait();
  }
};

// Turns that end at once, one after the other, beside other work.
struct what_goes_on_is_run : on_a_pool<what_goes_on_is_run, two_workers> {
  countdown all{6};
  jobs parent{*this, all, &what_goes_on_is_run::from_inside};
  jobs child{*this, all}, next{*this, all};
  jobs turns[3] = {{*this, all}, {*this, all}, {*this, all}};

  void from_inside() {
    submit_soon(next);
    submit_next_turns(turns[0], turns[1], turns[2]);
    submit(child);
  }
  void script() {
    submit(parent);
    all.wait();
  }
};

// More than the ring of a worker holds, so that half of it goes to the injector.
struct the_ring_overflows : on_a_pool<the_ring_overflows, two_workers> {
  static constexpr std::size_t many = jackdaw::work_stealing::run_queue::capacity + 2;
  countdown all{many + 1};
  jobs parent{*this, all, &the_ring_overflows::from_inside};
  std::array<std::optional<jobs>, many> children;

  void from_inside() {
    for (auto& c : children) submit(c.emplace(*this, all));
  }
  void script() {
    submit(parent);
    all.wait();
  }
};

// A worker that does not return to its queue has published work before: the other one is woken.
struct the_other_worker_is_woken : on_a_pool<the_other_worker_is_woken, two_workers> {
  countdown all{2};
  countdown met{1};
  jobs stuck{*this, all, &the_other_worker_is_woken::publish_and_wait};
  jobs freeing{*this, all, &the_other_worker_is_woken::meet};

  void publish_and_wait() {
    submit(freeing);
    met.wait();
  }
  void meet() { met.arrive(); }
  void script() {
    submit(stuck);
    all.wait();
  }
};

// The same with two forks: one is on show, the other one has to be raided.
template <class Pool>
struct forks_are_stolen : on_a_pool<forks_are_stolen<Pool>, Pool> {
  using jobs = job<forks_are_stolen>;
  countdown all{3};
  countdown met{2};
  jobs stuck{*this, all, &forks_are_stolen::fork_and_wait};
  jobs older{*this, all, &forks_are_stolen::meet}, newer{*this, all, &forks_are_stolen::meet};

  void fork_and_wait() {
    jackdaw::lane& here = *jackdaw::base::this_lane();
    for (jobs* j : {&older, &newer}) {
      if (here.forks.push(j->prepared()) == jackdaw::base::fork_deque::pushed::shown)
        here.on_fork(here);
    }
    met.wait();
  }
  void meet() { met.arrive(); }
  void script() {
    this->submit(stuck);
    all.wait();
  }
};

// Two that wait for each other: both workers have to be awake, though the second submission may
// have woken nobody because the first one's worker was searching.
struct both_workers_are_woken : on_a_pool<both_workers_are_woken, two_workers> {
  countdown all{2};
  countdown met[2] = {countdown(1), countdown(1)};
  jobs left{*this, all, &both_workers_are_woken::meet_right};
  jobs right{*this, all, &both_workers_are_woken::meet_left};

  void meet_right() {
    met[0].arrive();
    met[1].wait();
  }
  void meet_left() {
    met[1].arrive();
    met[0].wait();
  }
  void script() {
    submit(left);
    submit(right);
    all.wait();
  }
};

// Two foreign threads; the pool is destroyed as soon as their work is done, while they may still be
// on their way out of submit.
struct foreign_threads_submit : on_a_pool<foreign_threads_submit, two_workers, 2> {
  countdown all{2};
  jobs work[2] = {{*this, all}, {*this, all}};

  void foreign(unsigned i) { submit(work[i]); }
  void script() { all.wait(); }
};

template <class Suite>
struct timed_job final : jackdaw::timer_node {
  timed_job(Suite& s, job<Suite>& j)
      : timer_node([](timer_node& n) noexcept {
          auto& self = static_cast<timed_job&>(n);
          self.suite.submit(self.due);
        }),
        suite(s),
        due(j) {}
  void start_in(std::int64_t delay) {
    deadline = time_of_day + delay;
    suite.executor->core.add_timer(*this);
  }

  Suite& suite;
  job<Suite>& due;
};

// Timers from outside and from a worker, while other workers wait in the poller or enter it.
template <class Pool>
struct timers_fire : on_a_pool<timers_fire<Pool>, Pool> {
  using jobs = job<timers_fire>;
  countdown from_a_worker{2}, from_outside{1};
  jobs starter{*this, from_a_worker, &timers_fire::start_inner};
  jobs a{*this, from_a_worker}, b{*this, from_outside};
  timed_job<timers_fire> inner{*this, a}, outer{*this, b};

  void start_inner() { inner.start_in(2 * a_while); }
  void script() {
    this->submit(starter);
    from_a_worker.wait();
    outer.start_in(2 * a_while);
    from_outside.wait();
  }
};

// A worker is stuck with what it would have run next: nobody but the monitor can tell.
struct the_monitor_helps : on_a_pool<the_monitor_helps, two_workers_and_the_monitor> {
  countdown all{4};
  countdown met{3};
  jobs stuck{*this, all, &the_monitor_helps::keep_and_wait};
  jobs freeing{*this, all, &the_monitor_helps::meet};
  jobs turns[2] = {{*this, all, &the_monitor_helps::meet}, {*this, all, &the_monitor_helps::meet}};

  void keep_and_wait() {
    submit_soon(freeing);
    submit_next_turns(turns[0], turns[1]);
    met.wait();
  }
  void meet() { met.arrive(); }
  void script() {
    submit(stuck);
    all.wait();
  }
};

// Nothing to do: made and destroyed.
struct stops_at_once : on_a_pool<stops_at_once, two_workers_and_the_monitor> {
  void script() {}
};

template <class Suite>
bool holds(const char* sentence) {
  return interleavings::check_randomly<Suite>(sentence, 100'000);
}

}  // namespace

int main() {
  return holds<everything_is_run<two_workers>>("what is submitted is run, once") &&
                 holds<everything_is_run<three_workers_that_move>>(
                     "what is submitted is run by workers that move to other caches") &&
                 holds<what_goes_on_is_run>("what has used up its turn is run again, once") &&
                 holds<the_ring_overflows>("what does not fit into a ring is run too") &&
                 holds<the_other_worker_is_woken>("a worker that is stuck has woken another one") &&
                 holds<both_workers_are_woken>("two foreign submissions wake two workers") &&
                 holds<forks_are_stolen<two_workers>>(
                     "what a stuck worker has forked is stolen and raided") &&
                 holds<forks_are_stolen<three_workers_that_move>>(
                     "what is forked is stolen by workers that move to other caches") &&
                 holds<foreign_threads_submit>("foreign threads submit, and the pool ends") &&
                 holds<timers_fire<two_workers>>("timers fire though all sleep") &&
                 holds<timers_fire<three_workers>>("timers fire though others fall asleep") &&
                 holds<the_monitor_helps>("the monitor frees what a stuck worker keeps") &&
                 holds<stops_at_once>("a pool that has nothing to do ends")
             ? 0
             : 1;
}
