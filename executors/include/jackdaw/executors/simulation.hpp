// SPDX-License-Identifier: MIT
// A simulation: the same program on one thread, in an order that a seed decides, in virtual time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include <jackdaw/executor.hpp>
#include <jackdaw/services.hpp>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/structured/root_task.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

namespace simulated {
class world;
}

/// How the next step is chosen among those that are possible.
enum class simulation_order : std::uint8_t {
  random,      ///< all of them are equally likely
  priorities,  ///< chains of steps have random priorities, which change at a few random steps
};

/// The network inside a simulation. Addresses are only names: nothing leaves the process.
struct simulated_network_options {
  std::chrono::nanoseconds latency_min = std::chrono::microseconds(50);
  std::chrono::nanoseconds latency_max = std::chrono::milliseconds(2);
  std::size_t buffer = 65'536;    ///< bytes on their way and unread, per direction of a connection
  double short_transfers = 0.25;  ///< of reads and writes: how many move less than they could
  double resets = 0;              ///< of connections: how many are reset after some bytes
  double refusals = 0;            ///< of attempts to connect: how many are refused
};

struct simulation_options {
  std::uint64_t seed = 1;
  std::size_t workers = 4;
  simulation_order order = simulation_order::random;
  /// For `priorities`: orderings of so many steps are found with a probability that is known
  /// (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs",
  /// ASPLOS 2010).
  std::uint32_t depth = 3;
  std::uint32_t expected_steps = 1000;  ///< the depth - 1 changes happen within so many
  /// Steps without any progress of time after which the program is said to spin.
  std::uint64_t steps_at_once_max = 1'000'000;
  /// Functions of to_thread and offload begin within so long, and take as long at most.
  std::chrono::nanoseconds thread_delay_max = std::chrono::milliseconds(1);
  simulated_network_options network = {};
};

/// The simulated program can go no further: all that is left of it waits, and nothing will ever
/// wake it; or it spins. what() names the seed and shows the tree of tasks as it was. The program
/// has been cancelled, and has ended, before this is thrown.
class simulation_hang final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs a task, with all that it spawns, on the calling thread: `workers` simulated workers take
/// turns, and the seed decides at each step which of the ready tasks goes on, and on which of them;
/// forks are stolen, turns are cut short, sockets reset by the seed as well. Time is virtual:
/// `jd::clock` stands still while anything can run, and then jumps to the next timer. Sockets talk
/// to each other inside the simulation. Functions of `to_thread` and `offload` run on the calling
/// thread too, one at a time, and take a virtual time.
///
/// A step is what a task does between two suspensions; what happens inside of one is not
/// interleaved with anything. The same seed gives the same program the same steps, if it asks
/// neither the real clock nor the addresses of objects what to do.
///
/// Descriptors of the operating system and its signals (wait_readable, wait_writable,
/// signal_stream) are looked at between two steps: a program may wait for what it does to them
/// itself, such as `std::raise`. One that waits for the world outside is in a deadlock.
///
/// Thread safety: `submit` from any thread (what comes from other threads is taken up between two
/// steps, in no order that the seed decides); everything else on the one thread that uses it.
class simulation final : public any_executor {
 public:
  explicit simulation(simulation_options options = {});
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;
  ~simulation();

  /// Runs a task to its end and returns its value or throws its error. Ends the background tasks
  /// that it left behind. An error that nobody was there to receive is thrown as well, together
  /// with the task's own in an exception_group, unless a hook takes it. Throws simulation_hang. May
  /// be called again; not inside of a task (nested_run_error).
  template <class T>
  T run(task<T> t) {
    refuse_inside();
    root_task<T> root(*this, environment(), std::move(t));
    drive(root);
    rethrow_unhandled(root.cell().kind() == outcome_kind::error ? root.cell().error() : nullptr);
    return root.take();
  }

  void submit(work& w) noexcept override;

  /// Calls `f` between two steps, before the step of that number (the first is 0) of the next run,
  /// as another thread might: to cancel something at every possible moment, one run after the
  /// other.
  void at_step(std::uint64_t step, std::function<void()> f);
  /// Called with every error that no task is there to receive, instead of run()'s throwing it.
  void on_unhandled(std::function<void(const unhandled_error&)> hook);

  [[nodiscard]] const simulation_options& options() const noexcept;
  /// Steps of the last run.
  [[nodiscard]] std::uint64_t steps() const noexcept;
  /// Stands for all the choices that were made so far: the same for the same seed and program.
  [[nodiscard]] std::uint64_t trace_hash() const noexcept;
  /// The virtual time, in nanoseconds.
  [[nodiscard]] std::int64_t now() const noexcept;
  [[nodiscard]] services& environment() noexcept;

 private:
  static void refuse_inside();
  void drive(root_base& root);
  void rethrow_unhandled(std::exception_ptr of_the_task);

  std::unique_ptr<simulated::world> world_;
};

static_assert(executor<simulation>);

}  // namespace jackdaw
