// SPDX-License-Identifier: MIT
#include <jackdaw/io/buffered_reader.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace jackdaw {

std::string_view buffered_reader::text() const noexcept {
  return {reinterpret_cast<const char*>(buffer_.data()) + begin_, end_ - begin_};
}

void buffered_reader::consume(std::size_t n) noexcept {
  assert(n <= end_ - begin_ && "more than there is in the buffer");
  begin_ += n;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::string buffered_reader::take(std::size_t n) {
  std::string taken(text().substr(0, n));
  consume(n);
  return taken;
}

// Moves what is left to the front only when the room behind it is used up, so that each byte is
// moved rarely.
void buffered_reader::make_room() {
  if (buffer_.size() - end_ >= at_once_) return;
  if (begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < at_once_) buffer_.resize(std::max(end_ + at_once_, 2 * end_));
}

task<std::size_t> buffered_reader::fill() {
  make_room();
  const std::size_t n = co_await stream_->read_some(std::span(buffer_).subspan(end_));
  end_ += n;
  co_return n;
}

task<std::string> buffered_reader::read_exactly(std::size_t n) {
  while (end_ - begin_ < n) {
    const std::size_t more = co_await fill();
    if (more == 0) throw incomplete_read();
  }
  co_return take(n);
}

/// How much there is up to and including the delimiter; 0: the stream ends before it.
task<std::size_t> buffered_reader::find(std::string_view delimiter, std::size_t limit) {
  std::size_t searched = 0;
  for (;;) {
    const std::string_view have = text().substr(0, limit);
    const std::size_t found = have.find(delimiter, searched);
    if (found != std::string_view::npos) co_return found + delimiter.size();
    if (have.size() == limit) throw limit_exceeded();
    searched = have.size() - std::min(have.size(), delimiter.size() - 1);
    const std::size_t more = co_await fill();
    if (more == 0) co_return 0;
  }
}

task<std::string> buffered_reader::read_until(std::string delimiter, std::size_t limit) {
  if (delimiter.empty()) throw std::invalid_argument("jackdaw: read_until needs a delimiter");
  const std::size_t n = co_await find(delimiter, limit);
  if (n == 0) throw incomplete_read();
  co_return take(n);
}

task<std::optional<std::string>> buffered_reader::read_line(std::size_t limit) {
  const std::size_t n = co_await find("\n", limit);
  if (n == 0 && begin_ == end_) co_return std::nullopt;
  std::string line = take(n != 0 ? n : end_ - begin_);
  if (n != 0) line.pop_back();
  if (n != 0 && line.ends_with('\r')) line.pop_back();
  co_return line;
}

}  // namespace jackdaw
