// SPDX-License-Identifier: MIT
// Reading by amount, by delimiter and by line.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <jackdaw/io/tcp_stream.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// The stream ended in the middle of what was to be read; what came is still in the reader's
/// buffer.
class incomplete_read final : public std::runtime_error {
 public:
  incomplete_read()
      : std::runtime_error("jackdaw: the stream ended in the middle of what was to be read") {}
};

/// The delimiter did not come within the limit; what came is still in the reader's buffer.
class limit_exceeded final : public std::runtime_error {
 public:
  limit_exceeded() : std::runtime_error("jackdaw: no delimiter within the limit") {}
};

/// Buffers what a stream gives, so that it can be taken by amount, delimiter or line, or parsed in
/// place with fill, peek and consume.
///
/// No operation loses data: one that is cancelled, times out or throws leaves every byte in the
/// buffer, for the next one. Thread safety: one task at a time. Borrows the stream, which nobody
/// else may read meanwhile.
class buffered_reader {
 public:
  static constexpr std::size_t default_limit = 64 * 1024;

  /// `at_once`: how many bytes it asks the stream for.
  explicit buffered_reader(const tcp_stream& stream, std::size_t at_once = 16 * 1024) noexcept
      : stream_(&stream), at_once_(at_once) {}

  /// Exactly `n` bytes. Throws incomplete_read, and what tcp_stream::read_some throws.
  [[nodiscard]] task<std::string> read_exactly(std::size_t n);
  /// Everything up to and including `delimiter`, which is not empty, but at most `limit` bytes,
  /// else limit_exceeded. Throws incomplete_read.
  [[nodiscard]] task<std::string> read_until(std::string delimiter,
                                             std::size_t limit = default_limit);
  /// The next line without its "\n" or "\r\n", or what the stream ends with; nothing at the end.
  /// Throws limit_exceeded.
  [[nodiscard]] task<std::optional<std::string>> read_line(std::size_t limit = default_limit);

  /// Reads once from the stream into the buffer; how many bytes that were, 0 at the end.
  [[nodiscard]] task<std::size_t> fill();
  /// What is in the buffer; valid until the next other call.
  [[nodiscard]] std::span<const std::byte> peek() const noexcept {
    return std::span(buffer_).subspan(begin_, end_ - begin_);
  }
  /// Takes the first `n` bytes, at most peek().size(), out of the buffer.
  void consume(std::size_t n) noexcept;

 private:
  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] std::string take(std::size_t n);
  void make_room();
  [[nodiscard]] task<std::size_t> find(std::string_view delimiter, std::size_t limit);

  const tcp_stream* stream_;
  std::size_t at_once_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace jackdaw
