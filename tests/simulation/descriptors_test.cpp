// SPDX-License-Identifier: MIT
// Descriptors of the operating system and its signals inside a simulation.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <system_error>

#include <gtest/gtest.h>
#include <jackdaw/executors/simulation.hpp>
#include <jackdaw/io/signal_stream.hpp>
#include <jackdaw/io/wait_ready.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/timeout.hpp>
#include <jackdaw/time/sleep.hpp>

#include "support/errors.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;

namespace {

class both_ends {
 public:
  both_ends() { EXPECT_EQ(0, ::pipe(fds_.data())); }
  both_ends(const both_ends&) = delete;
  both_ends& operator=(const both_ends&) = delete;
  ~both_ends() {
    for (const int fd : fds_) ::close(fd);
  }
  [[nodiscard]] int reading() const noexcept { return fds_[0]; }
  [[nodiscard]] int writing() const noexcept { return fds_[1]; }

 private:
  std::array<int, 2> fds_{};
};

jd::task<> write_after(std::chrono::hours delay, int fd) {
  co_await jd::sleep_for(delay);
  EXPECT_EQ(1, ::write(fd, "x", 1));
}

std::uint64_t wait_for_a_pipe(std::uint64_t seed) {
  jd::simulation sim({.seed = seed, .workers = 2});
  const auto body = []() -> jd::task<> {
    const both_ends pipe;
    co_await jd::wait_writable(pipe.writing());
    const bool early = co_await jd::move_on_after(1h, jd::wait_readable(pipe.reading()));
    EXPECT_FALSE(early);
    co_await jd::gather(jd::wait_readable(pipe.reading()), jd::wait_readable(pipe.reading()),
                        write_after(5h, pipe.writing()));
    co_await jd::wait_readable(pipe.reading());  // nobody has taken the byte
  };
  const auto begin = sim.now();
  sim.run(body());
  EXPECT_EQ(sim.now() - begin, std::chrono::nanoseconds(6h).count());
  return sim.trace_hash();
}

TEST(simulated_descriptors, a_program_waits_for_what_it_writes_itself_in_virtual_time) {
  for (std::uint64_t seed = 0; seed != 50; ++seed)
    EXPECT_EQ(wait_for_a_pipe(seed), wait_for_a_pipe(seed)) << "the same seed, the same steps";
}

TEST(simulated_descriptors, one_that_is_not_open_is_refused) {
  jd::simulation sim;
  const auto body = []() -> jd::task<> {
    const auto refused = co_await jd::settle(jd::wait_readable(1'000'000));
    const auto* error = support::as<std::system_error>(refused.error());
    EXPECT_TRUE(error != nullptr && error->code().value() == EBADF);
  };
  sim.run(body());
}

TEST(simulated_descriptors, waiting_for_the_world_outside_is_a_deadlock_and_reported) {
  jd::simulation sim;
  const both_ends pipe;  // to which nobody in the program writes
  const auto body = [](int fd) -> jd::task<> { co_await jd::wait_readable(fd); };
  try {
    sim.run(body(pipe.reading()));
    ADD_FAILURE() << "it should hang";
  } catch (const jd::simulation_hang& hang) {
    EXPECT_NE(std::string(hang.what()).find("wait for descriptor"), std::string::npos)
        << hang.what();
  }
}

jd::task<> raise_after(std::chrono::hours delay, int signal) {
  co_await jd::sleep_for(delay);
  EXPECT_EQ(0, ::raise(signal));
}

TEST(simulated_descriptors, a_program_that_stops_at_a_signal_is_tested_in_virtual_time) {
  for (std::uint64_t seed = 0; seed != 50; ++seed) {
    jd::simulation sim({.seed = seed});
    const auto body = []() -> jd::task<> {
      jd::signal_stream stop{SIGUSR1, SIGUSR2};
      const auto begin = jd::clock::now();
      const auto early = co_await jd::move_on_after(1h, stop.next());
      EXPECT_FALSE(early.has_value());
      auto [first, raised] = co_await jd::gather(stop.next(), raise_after(24h, SIGUSR2));
      EXPECT_EQ(first, SIGUSR2);
      EXPECT_EQ(jd::clock::now() - begin, 25h);
      EXPECT_EQ(0, ::raise(SIGUSR1));
      EXPECT_EQ(0, ::raise(SIGUSR2));
      const int one = co_await stop.next();
      const int other = co_await stop.next();
      EXPECT_EQ(one + other, SIGUSR1 + SIGUSR2);
    };
    sim.run(body());
  }
}

}  // namespace
