// SPDX-License-Identifier: MIT
#include "simulation/connection.hpp"

#include <algorithm>

namespace jackdaw::simulated {

// To a reader that is gone everything can be written: it is lost, and answered by a reset.
std::size_t pipe::room() const noexcept {
  if (reader == nullptr) return SIZE_MAX;
  return bytes_.size() < options_->buffer ? options_->buffer - bytes_.size() : 0;
}

void pipe::write(const std::byte* from, std::size_t n) noexcept {
  bytes_.insert(bytes_.end(), from, from + n);
  send({0, n, kind::bytes});
}

void pipe::finish() noexcept { send({0, 0, kind::end}); }
void pipe::reset() noexcept { send({0, 0, kind::reset}); }

void pipe::send(packet p) noexcept {
  p.arrival =
      time_->now() + dice_->between(options_->latency_min.count(), options_->latency_max.count());
  if (!on_their_way_.empty()) {
    p.arrival = std::max(p.arrival, on_their_way_.back().arrival);
    on_their_way_.push_back(p);
    return;
  }
  on_their_way_.push_back(p);
  deadline = p.arrival;
  time_->add(*this);
}

void pipe::arrive(timer_node& n) noexcept {
  auto& self = static_cast<pipe&>(n);
  const packet p = self.on_their_way_.front();
  self.on_their_way_.pop_front();
  if (!self.on_their_way_.empty()) {
    self.deadline = self.on_their_way_.front().arrival;
    self.time_->add(self);
  }
  self.take_in(p);
}

void pipe::take_in(const packet& p) noexcept {
  if (reset_) return;
  switch (p.what) {
    case kind::bytes: available_ += p.size; break;
    case kind::end: ended_ = true; break;
    case kind::reset:
      reset_ = true;
      available_ = 0;
      bytes_.clear();
      break;
  }
  if (reader != nullptr) reader->readable();
}

void pipe::read(std::byte* into, std::size_t n) noexcept {
  const auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(n);
  std::copy(bytes_.begin(), end, into);
  bytes_.erase(bytes_.begin(), end);
  available_ -= n;
  if (writer != nullptr) writer->writable();
}

}  // namespace jackdaw::simulated
