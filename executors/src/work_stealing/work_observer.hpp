// SPDX-License-Identifier: MIT
// Somebody who sees every unit of work that the workers of a pool run: for who debugs or traces.
#pragma once

#include <cstdint>

#include <jackdaw/work.hpp>

namespace jackdaw::work_stealing {

/// Called by the workers, each with its index; `w` may be used until `begins` returns.
class work_observer {
 public:
  virtual void begins(std::uint32_t worker, work& w) noexcept = 0;
  virtual void ends(std::uint32_t worker) noexcept = 0;

 protected:
  ~work_observer() = default;
};

}  // namespace jackdaw::work_stealing
