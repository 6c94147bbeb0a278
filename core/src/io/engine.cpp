// SPDX-License-Identifier: MIT
#include <jackdaw/io/engine.hpp>

#include <mutex>
#include <stdexcept>
#include <vector>

#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/services.hpp>

namespace jackdaw::io {

namespace {

struct living_engines {
  base::small_mutex lock;
  std::vector<engine*> engines;
};

living_engines& living() {
  static living_engines all;
  return all;
}

}  // namespace

engine::engine() noexcept {
  living_engines& all = living();
  const std::lock_guard guard(all.lock);
  all.engines.push_back(this);
}

engine::~engine() {
  living_engines& all = living();
  const std::lock_guard guard(all.lock);
  std::erase(all.engines, this);
}

engine& this_engine() {
  const lane* const here = base::this_lane();
  if (here != nullptr && here->env != nullptr && here->env->io != nullptr) return *here->env->io;
  living_engines& all = living();
  const std::lock_guard guard(all.lock);
  if (all.engines.size() == 1) return *all.engines.front();
  throw std::logic_error(
      all.engines.empty()
          ? "jackdaw: sockets need a runtime: open them in a task, or while a runtime exists"
          : "jackdaw: this thread belongs to none of the runtimes: open the socket in a task");
}

engine& engine_of(const task_context& t) {
  if (t.env->io == nullptr) throw std::logic_error("jackdaw: the runtime of this task has no I/O");
  return *t.env->io;
}

}  // namespace jackdaw::io
