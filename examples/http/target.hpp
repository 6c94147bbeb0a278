// SPDX-License-Identifier: MIT
// A request's target taken apart: the decoded path, and parameters by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace http {

/// The text with its %XX decoded; nothing if an escape is broken or stands for a zero byte.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// The target up to its query, still encoded.
[[nodiscard]] std::string_view path_of(std::string_view target);

/// The whole number that the query gives to this name, `otherwise` if it does not name it; nothing
/// if what it gives is no number in [least, most].
[[nodiscard]] std::optional<unsigned> number_in_query(std::string_view target,
                                                      std::string_view name, unsigned otherwise,
                                                      unsigned least, unsigned most);

}  // namespace http
