// SPDX-License-Identifier: MIT
#include "work_stealing/pool_threads.hpp"

#include <pthread.h>
#include <csignal>

#include <utility>

namespace jackdaw::work_stealing {

void pool_threads::start(const std::string& name, std::function<void()> body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // a new thread inherits the mask
  try {
    threads_.emplace_back(std::move(body));
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(threads_.back().native_handle(), name.c_str());
}

void pool_threads::join() noexcept {
  for (std::thread& t : threads_) t.join();
}

}  // namespace jackdaw::work_stealing
