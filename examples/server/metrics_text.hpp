// SPDX-License-Identifier: MIT
// The text format that Prometheus reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace server {

/// Writes one family of numbers after the other. A name is given once, its samples follow.
class metrics_text {
 public:
  enum class kind : bool { counter, gauge };

  void family(std::string_view name, kind of, std::string_view help);

  /// A sample of the family; `labels` such as `worker="0"`, or empty.
  void sample(std::string_view labels, std::uint64_t value);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

}  // namespace server
