// SPDX-License-Identifier: MIT
// Who watches the workers of a runtime, as the environment says.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <jackdaw/services.hpp>

#include "runtime/debug_watch.hpp"
#include "runtime/trace_file.hpp"
#include "work_stealing/work_observer.hpp"

namespace jackdaw {

/// Passes on to a debug_watch, to a trace_file, or to both.
class observers final : public work_stealing::work_observer {
 public:
  /// Null if the environment asks for none. Throws std::system_error.
  [[nodiscard]] static std::unique_ptr<observers> wanted(std::size_t workers, const services& env);

  void begins(std::uint32_t worker, work& w) noexcept override {
    if (watch_.has_value()) watch_->begins(worker, w);
    if (trace_.has_value()) trace_->begins(worker, w);
  }
  void ends(std::uint32_t worker) noexcept override {
    if (trace_.has_value()) trace_->ends(worker);
    if (watch_.has_value()) watch_->ends(worker);
  }

 private:
  std::optional<debug_watch> watch_;
  std::optional<trace_file> trace_;
};

}  // namespace jackdaw
