// SPDX-License-Identifier: MIT
// Tests of oneshot: handing over, closing, cancellation, lifetime, misuse.
#include <jackdaw/sync/oneshot.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <jackdaw/structured/settle.hpp>
#include <jackdaw/structured/task_group.hpp>

#include "core/sync/workers.hpp"

namespace {

namespace jd = jackdaw;
using jd::tests::on_workers;
using jd::tests::until;
using jd::tests::until_another_runs;

jd::task<> receive_into(jd::oneshot<int>& o, int& arrived, std::optional<int>& got) {
  ++arrived;
  got = co_await o.receive();
}

TEST(Oneshot, HandsOverAValueThatWasSentBefore) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<std::unique_ptr<int>> o;
    o.send(std::make_unique<int>(7));
    const auto got = co_await o.receive();
    EXPECT_EQ(*got, 7);
  });
}

TEST(Oneshot, WakesTheReceiverThatWaits) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> o;
    int arrived = 0;
    std::optional<int> got;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(receive_into, std::ref(o), std::ref(arrived), std::ref(got));
      co_await until(arrived, 1);
      EXPECT_FALSE(got.has_value());
      o.send(7);
    });
    EXPECT_EQ(got, 7);
  });
}

TEST(Oneshot, ClosingTellsTheReceiverThatNothingWillCome) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> before;
    before.close();
    const auto at_once = co_await jd::settle(before.receive());
    EXPECT_THROW((void)at_once.value(), jd::channel_closed);

    jd::oneshot<int> o;
    int arrived = 0;
    std::optional<int> got;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      const auto wait = [&]() -> jd::task<> {
        const auto how = co_await jd::settle(receive_into(o, arrived, got));
        EXPECT_THROW((void)how.value(), jd::channel_closed);
      };
      group.spawn(wait);
      co_await until(arrived, 1);
      o.close();
    });
    EXPECT_FALSE(got.has_value());
  });
}

TEST(Oneshot, ClosingAfterASendChangesNothing) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> o;
    o.send(3);
    o.close();
    EXPECT_EQ(co_await o.receive(), 3);
    o.close();
  });
}

TEST(Oneshot, ASecondSendIsRefusedAndTheFirstValueKept) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> o;
    o.send(1);
    EXPECT_THROW(o.send(2), std::logic_error);
    EXPECT_EQ(co_await o.receive(), 1);
    EXPECT_THROW(o.send(3), std::logic_error);
    jd::oneshot<int> closed;
    closed.close();
    EXPECT_THROW(closed.send(1), std::logic_error);
  });
}

TEST(Oneshot, ASecondReceiverIsRefused) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> o;
    int arrived = 0;
    std::optional<int> got;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      group.spawn(receive_into, std::ref(o), std::ref(arrived), std::ref(got));
      co_await until(arrived, 1);
      const auto beside = co_await jd::settle(o.receive());
      EXPECT_THROW((void)beside.value(), std::logic_error);
      o.send(4);
    });
    EXPECT_EQ(got, 4);
    const auto again = co_await jd::settle(o.receive());
    EXPECT_THROW((void)again.value(), std::logic_error);
  });
}

TEST(Oneshot, S31_a_cancelled_receive_has_taken_nothing) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> o;
    int arrived = 0;
    std::optional<int> got;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto receiver = group.spawn(receive_into, std::ref(o), std::ref(arrived), std::ref(got));
      co_await until(arrived, 1);
      receiver.cancel();
      while (!receiver.done()) co_await jd::yield();
      o.send(5);
    });
    EXPECT_FALSE(got.has_value());
    EXPECT_EQ(co_await o.receive(), 5);
  });
}

TEST(Oneshot, S31_a_value_given_to_a_receiver_that_is_then_cancelled_is_returned) {
  on_workers(1, []() -> jd::task<> {
    jd::oneshot<int> o;
    int arrived = 0;
    std::optional<int> got;
    co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
      auto receiver = group.spawn(receive_into, std::ref(o), std::ref(arrived), std::ref(got));
      co_await until(arrived, 1);
      o.send(6);
      receiver.cancel();
    });
    EXPECT_EQ(got, 6);
  });
}

TEST(Oneshot, S23_send_racing_cancel_ends_the_receive_once_and_loses_no_value) {
  on_workers(4, []() -> jd::task<> {
    for (int round = 0; round != 10'000; ++round) {
      jd::oneshot<int> o;
      int arrived = 0;
      std::optional<int> got;
      co_await jd::with_task_group([&](jd::task_group& group) -> jd::task<> {
        const auto send = [&]() -> jd::task<> {
          o.send(round);
          co_return;
        };
        auto receiver = group.spawn(receive_into, std::ref(o), std::ref(arrived), std::ref(got));
        group.spawn(send);
        if (round % 2 == 0) co_await jd::yield();
        receiver.cancel();
      });
      if (!got.has_value()) got = co_await o.receive();
      EXPECT_EQ(got, round);
    }
  });
}

TEST(Oneshot, ReceivesThatNeverWaitLetOthersRun) {
  on_workers(1, []() -> jd::task<> {
    co_await until_another_runs([&]() -> jd::task<> {
      jd::oneshot<int> o;
      o.send(1);
      EXPECT_EQ(co_await o.receive(), 1);
    });
  });
}

TEST(Oneshot, MayBeDestroyedByItsReceiverBeforeTheSendHasReturned) {
  constexpr int rounds = 3000;
  std::atomic<jd::oneshot<int>*> offered{nullptr};
  std::thread sender([&] {
    for (int i = 0; i != rounds; ++i) {
      jd::oneshot<int>* o = nullptr;
      while ((o = offered.exchange(nullptr)) == nullptr) std::this_thread::yield();
      o->send(i);
    }
  });
  on_workers(2, [&]() -> jd::task<> {
    for (int i = 0; i != rounds; ++i) {
      auto o = std::make_unique<jd::oneshot<int>>();
      offered.store(o.get());
      EXPECT_EQ(co_await o->receive(), i);
      o.reset();
    }
  });
  sender.join();
}

}  // namespace
