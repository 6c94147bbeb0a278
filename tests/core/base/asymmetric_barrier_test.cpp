// SPDX-License-Identifier: MIT
// Tests of base::asymmetric_barrier.
#include <jackdaw/base/asymmetric_barrier.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include <jackdaw/runtime.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/time/sleep.hpp>
#include <jackdaw/yield.hpp>

namespace {

using jackdaw::base::asymmetric_barrier;

struct alignas(64) lonely {
  std::atomic<int> value{0};

  // Spins, so that both sides go on at the same moment.
  void wait_for(int round) const {
    for (int spins = 0; value.load(std::memory_order_acquire) < round; ++spins) {
      if (spins > 2000) std::this_thread::yield();
    }
  }
};

// How often neither side of a store-buffer test saw the other. Without the barriers that is one
// round in twenty on x86; where a round takes long, because the machine is busy, fewer must do.
int times_that_neither_saw_the_other(int rounds) {
  lonely a;
  lonely b;
  lonely light_round;
  lonely heavy_round;
  std::atomic<int> last{rounds};
  const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  int light_saw = 0;  // handed over by light_round
  std::thread light([&] {
    for (int round = 1; round <= last.load(std::memory_order_relaxed); ++round) {
      heavy_round.wait_for(round);
      a.value.store(round, std::memory_order_relaxed);
      asymmetric_barrier::light();
      light_saw = b.value.load(std::memory_order_relaxed);
      light_round.value.store(round, std::memory_order_release);
    }
  });
  int neither = 0;
  for (int round = 1; round <= last.load(std::memory_order_relaxed); ++round) {
    // The other side sees this before it decides on the next round: heavy_round hands it over.
    if (std::chrono::steady_clock::now() > enough) last.store(round, std::memory_order_relaxed);
    heavy_round.value.store(round, std::memory_order_release);
    // The other side hears of the round a little later; so that both stores meet.
    for (int delay = round % 128; delay > 0; --delay) asm volatile("");  // not optimised away
    b.value.store(round, std::memory_order_relaxed);
    asymmetric_barrier::heavy();
    const int heavy_saw = a.value.load(std::memory_order_relaxed);
    light_round.wait_for(round);
    if (light_saw != round && heavy_saw != round) ++neither;
  }
  light.join();
  return neither;
}

TEST(AsymmetricBarrier, AtLeastOneSideSeesTheOther) {
  asymmetric_barrier::prepare();
  EXPECT_EQ(times_that_neither_saw_the_other(20'000), 0);
}

TEST(AsymmetricBarrier, MayBePreparedAgain) {
  asymmetric_barrier::prepare();
  asymmetric_barrier::prepare();
  asymmetric_barrier::heavy();
}

// From here on the kernel answers as one that does not know membarrier, to this thread and to those
// that it starts.
void refuse_membarrier() {
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{program.size(), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    std::abort();
  }
}

// A filter stays, so these run in a process of their own.
class WithoutMembarrier : public ::testing::Test {
 protected:
  WithoutMembarrier() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(WithoutMembarrier, AtLeastOneSideSeesTheOther) {
  EXPECT_EXIT(
      {
        refuse_membarrier();
        asymmetric_barrier::prepare();
        std::exit(times_that_neither_saw_the_other(20'000) == 0 ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

jackdaw::task<> sleep_and_yield() {
  for (int i = 0; i < 20; ++i) {
    co_await jackdaw::sleep_for(std::chrono::microseconds(300));
    co_await jackdaw::yield();
  }
}

TEST_F(WithoutMembarrier, ARuntimeLosesNoWakeUp) {
  EXPECT_EXIT(
      {
        refuse_membarrier();
        jackdaw::runtime rt{jackdaw::runtime_options{.workers = 2}};
        const auto body = [](jackdaw::task_group& group) -> jackdaw::task<> {
          for (int i = 0; i < 50; ++i) group.spawn(sleep_and_yield);
          co_return;
        };
        rt.run(jackdaw::with_task_group(body));
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(WithoutMembarrier, AKernelThatRefusesItLaterEndsTheProcess) {
  EXPECT_DEATH(
      {
        asymmetric_barrier::prepare();
        refuse_membarrier();
        asymmetric_barrier::heavy();
      },
      "membarrier fails");
}

}  // namespace
