// SPDX-License-Identifier: MIT
// What users put into their coroutines: see docs/compilers.md, "Alignment beyond 16 bytes".
#include <gtest/gtest.h>

#include <jackdaw/jackdaw.hpp>

namespace {

namespace jd = jackdaw;

template <class... T>
constexpr bool lie_in_frames = ((alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) && ...);

TEST(PublicTypes, lie_in_coroutine_frames) {
  EXPECT_TRUE(
      (lie_in_frames<jd::mutex, jd::shared_mutex, jd::semaphore, jd::event, jd::condition_variable,
                     jd::latch, jd::barrier, jd::capacity_limiter>));
  EXPECT_TRUE((lie_in_frames<jd::channel<int>, jd::broadcast<int>, jd::watch<int>, jd::oneshot<int>,
                             jd::async_generator<int>, jd::interval>));
  EXPECT_TRUE((lie_in_frames<jd::task<int>, jd::join_handle<int>, jd::task_group, jd::cancel_scope,
                             jd::background_tasks, jd::runtime>));
  EXPECT_TRUE((lie_in_frames<jd::tcp_listener, jd::tcp_stream, jd::buffered_reader,
                             jd::signal_stream, jd::resolver, jd::strand>));
  EXPECT_TRUE((lie_in_frames<jd::inline_executor, jd::single_thread_executor, jd::blocking_pool,
                             jd::work_stealing_pool, jd::tbb_executor>));
}

}  // namespace
