// SPDX-License-Identifier: MIT
// Why something was cancelled.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <jackdaw/base/atomic.hpp>

namespace jackdaw {

/// Who asked for the cancellation.
enum class cancel_kind : std::uint8_t {
  explicit_request,  ///< somebody called cancel()
  deadline,          ///< a timeout's deadline passed
  sibling_error,     ///< another task of the group failed
  shutdown,          ///< the runtime is ending
  race_lost,         ///< another task of a race was first
};

[[nodiscard]] constexpr std::string_view to_string(cancel_kind kind) noexcept {
  switch (kind) {
    case cancel_kind::explicit_request: return "explicit request";
    case cancel_kind::deadline: return "deadline";
    case cancel_kind::sibling_error: return "sibling error";
    case cancel_kind::shutdown: return "shutdown";
    case cancel_kind::race_lost: return "race lost";
  }
  return "unknown";
}

/// The text of a reason. A literal is kept by pointer, whole; any other text is copied when the
/// request is made and cut at 63 bytes, so that cancel() never allocates for it in the path of the
/// exception.
class reason_text {
 public:
  constexpr reason_text() noexcept = default;
  template <std::size_t N>
  consteval reason_text(const char (&literal)[N]) noexcept
      : text_(literal, N - 1), literal_(true) {}
  template <class S>
    requires(std::convertible_to<const S&, std::string_view> && !std::is_array_v<S>)
  constexpr reason_text(const S& text) noexcept : text_(text) {}

  [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }
  [[nodiscard]] constexpr bool literal() const noexcept { return literal_; }

 private:
  std::string_view text_{};
  bool literal_ = false;
};

/// Why a scope was cancelled: kind, text, and the id of the task that asked (0 when no task did). A
/// plain value; copying it is thread-safe as for any value.
class cancel_reason {
 public:
  static constexpr std::size_t text_max = 63;

  cancel_reason() noexcept = default;
  explicit cancel_reason(cancel_kind k, reason_text text = {},
                         std::uint64_t origin_task = 0) noexcept
      : kind_(k), origin_(origin_task) {
    if (text.literal()) {
      literal_ = text.view();
    } else {
      copied_ =
          static_cast<std::uint8_t>(text.view().size() < text_max ? text.view().size() : text_max);
      if (copied_ != 0) std::memcpy(copy_.data(), text.view().data(), copied_);
    }
  }

  [[nodiscard]] cancel_kind kind() const noexcept { return kind_; }
  /// Valid as long as this object.
  [[nodiscard]] std::string_view text() const noexcept {
    return copied_ != 0 ? std::string_view(copy_.data(), copied_) : literal_;
  }
  [[nodiscard]] std::uint64_t origin() const noexcept { return origin_; }

 private:
  cancel_kind kind_ = cancel_kind::explicit_request;
  std::uint8_t copied_ = 0;
  base::plain<std::uint64_t> origin_ = 0;
  std::string_view literal_{};
  std::array<char, text_max> copy_{};
};

}  // namespace jackdaw
