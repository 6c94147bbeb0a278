// SPDX-License-Identifier: MIT
// The part of the network that carries operations out.
#include <algorithm>
#include <cerrno>

#include "simulation/network.hpp"

namespace jackdaw::simulated {

namespace {

socket& target_of(const io::operation& op) noexcept { return static_cast<socket&>(*op.target()); }

}  // namespace

bool network::start(io::operation& op) noexcept {
  socket& s = target_of(op);
  if (s.direction_of(op).busy()) {
    op.complete(s.closed ? -ECANCELED : -EBUSY);
    return true;
  }
  return resume(op);
}

bool network::publish(io::operation& op) noexcept {
  target_of(op).direction_of(op).wait(op);
  return true;
}

bool network::resume(io::operation& op) noexcept {
  socket& s = target_of(op);
  s.direction_of(op).taken_up();
  const std::int64_t result = s.closed ? -ECANCELED : attempt(op, s);
  if (result == -EAGAIN) return false;
  op.complete(result);
  return true;
}

bool network::unlink(io::operation& op) noexcept {
  return target_of(op).direction_of(op).unlink(op);
}

std::int64_t network::attempt(io::operation& op, socket& s) noexcept {
  using kind = io::operation::kind;
  if (s.phase == socket::state::of_the_system) return ask_the_system(op, s);
  switch (op.what_kind()) {
    case kind::accept: return accept(op, s);
    case kind::connect: return connect(op, s);
    case kind::read: return read(op, s);
    case kind::write: return write(op, s);
    case kind::write_all:
    case kind::writev_all: return write_everything(op, s);
    case kind::readable:
    case kind::writable: break;  // of the system's only
  }
  return -ENOTSUP;
}

// What the kernel might move of n bytes.
std::size_t network::cut(std::size_t n) noexcept {
  if (n < 2 || !dice_->chance(options_->short_transfers)) return n;
  return 1 + static_cast<std::size_t>(dice_->below(n - 1));
}

std::int64_t network::read(io::operation& op, socket& s) noexcept {
  if (s.link == nullptr) return -ENOTCONN;
  if (op.size == 0) return 0;
  pipe& in = s.link->to(s.side);
  if (in.was_reset()) return -ECONNRESET;
  if (in.ended()) return 0;
  const std::size_t n = cut(std::min(op.size, in.available()));
  if (n == 0) return -EAGAIN;
  in.read(op.bytes, n);
  return static_cast<std::int64_t>(n);
}

// How many bytes went, or how it failed.
std::int64_t network::send(socket& s, const std::byte* from, std::size_t n) noexcept {
  if (s.link == nullptr) return -ENOTCONN;
  if (s.finished || s.link->to(s.side).was_reset()) return -EPIPE;
  if (n == 0) return 0;
  pipe& out = s.link->from(s.side);
  const std::size_t moved = cut(std::min(n, out.room()));
  if (moved == 0) return -EAGAIN;
  std::size_t& left = s.link->bytes_before_reset;
  if (out.reader == nullptr) {
    s.link->to(s.side).reset();
  } else if (left < moved) {
    s.link->reset();
  } else {
    if (left != SIZE_MAX) left -= moved;
    out.write(from, moved);
  }
  return static_cast<std::int64_t>(moved);
}

std::int64_t network::write(io::operation& op, socket& s) noexcept {
  return send(s, op.bytes, op.size);
}

std::int64_t network::write_everything(io::operation& op, socket& s) noexcept {
  const bool vectored = op.what_kind() == io::operation::kind::writev_all;
  if (vectored && op.parts.empty()) return 0;
  for (;;) {
    const std::byte* const from = vectored ? op.parts.front().data() + op.skip : op.bytes;
    const std::size_t size = vectored ? op.parts.front().size() - op.skip : op.size;
    const std::int64_t n = send(s, from, size);
    if (n < 0) return n;
    if (op.advance(static_cast<std::size_t>(n))) return 0;
  }
}

}  // namespace jackdaw::simulated
