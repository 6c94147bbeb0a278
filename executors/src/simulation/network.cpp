// SPDX-License-Identifier: MIT
// Opening, connecting and closing sockets. What they transfer: network_transfers.cpp.
#include "simulation/network.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace jackdaw::simulated {

namespace {

[[noreturn]] void fail(int error) { throw std::system_error(error, std::generic_category()); }

socket& socket_of(io::registration& r) noexcept { return static_cast<socket&>(r); }

bool is_any(const endpoint& e) {
  return e.is_v6() ? e.address() == "::" : e.address() == "0.0.0.0";
}

bool same_address(const endpoint& a, const endpoint& b) {
  return a == b || (a.port() == b.port() && a.family() == b.family() && (is_any(a) || is_any(b)));
}

}  // namespace

socket::socket(network& n) noexcept : timer_node(network::handshake_ended), net(&n) {
  ++n.sockets_;
}

void socket::attach(std::shared_ptr<connection> c, int s) noexcept {
  link = std::move(c);
  side = s;
  phase = state::connected;
  link->from(s).writer = this;
  link->to(s).reader = this;
}

io::registration& network::listen(endpoint& address, const io::listen_options& options) {
  if (address.port() == 0) address.set_port(free_port());
  if (taken(address, options.reuse_port)) fail(EADDRINUSE);
  auto* s = new socket(*this);
  s->phase = socket::state::listening;
  s->local = address;
  s->backlog_max = static_cast<std::size_t>(std::max(options.backlog, 1));
  s->shares_port = options.reuse_port;
  listeners_.push_back(s);
  return *s;
}

bool network::taken(const endpoint& address, bool shared) const noexcept {
  return std::ranges::any_of(listeners_, [&](const socket* s) {
    return same_address(s->local, address) && !(shared && s->shares_port);
  });
}

io::registration& network::open_stream(int) { return *new socket(*this); }

// By chance one of those that share the port.
socket* network::listener_at(const endpoint& to) noexcept {
  std::vector<socket*, own_memory<socket*>> found;
  std::ranges::copy_if(listeners_, std::back_inserter(found),
                       [&](const socket* s) { return same_address(s->local, to); });
  return found.empty() ? nullptr : found[dice_->below(found.size())];
}

std::int64_t network::connect(io::operation& op, socket& s) noexcept {
  switch (s.phase) {
    case socket::state::fresh: {
      s.phase = socket::state::connecting;
      s.remote = *op.peer;
      const std::int64_t least = options_->latency_min.count();
      time_->add_after(s, 2 * dice_->between(least, options_->latency_max.count()));
      return -EAGAIN;
    }
    case socket::state::connecting: return -EAGAIN;
    case socket::state::refused: return -ECONNREFUSED;
    default: return 0;
  }
}

void network::handshake_ended(timer_node& n) noexcept {
  auto& client = static_cast<socket&>(n);
  if (!client.net->establish(client)) client.phase = socket::state::refused;
  client.outward.wake();
}

bool network::establish(socket& client) noexcept {
  socket* const listener = listener_at(client.remote);
  if (listener == nullptr || listener->backlog.size() >= listener->backlog_max) return false;
  if (dice_->chance(options_->refusals)) return false;
  const auto link =
      std::allocate_shared<connection>(own_memory<connection>(), *time_, *dice_, *options_);
  if (dice_->chance(options_->resets)) link->bytes_before_reset = dice_->below(options_->buffer);
  client.local = client.remote;
  client.local.set_port(free_port());
  client.attach(link, 0);
  // Until it is accepted, the listener stands at the other end.
  link->from(1).writer = listener;
  link->to(1).reader = listener;
  listener->backlog.push_back({link, client.local});
  listener->inward.wake();
  return true;
}

std::int64_t network::accept(io::operation& op, socket& s) noexcept {
  if (s.backlog.empty()) return -EAGAIN;
  auto* const accepted = new (std::nothrow) socket(*this);
  if (accepted == nullptr) return -ENOMEM;
  const incoming first = s.backlog.front();
  s.backlog.pop_front();
  accepted->local = s.local;
  accepted->remote = first.client;
  accepted->attach(first.link, 1);
  *op.peer = first.client;
  op.accepted = accepted;
  return 0;
}

bool network::drop_connection(io::registration& listener) noexcept {
  socket& s = socket_of(listener);
  if (s.backlog.empty()) return false;
  const incoming first = s.backlog.front();
  s.backlog.pop_front();
  first.link->from(1).writer = first.link->to(1).reader = nullptr;
  first.link->reset();
  return true;
}

void network::close(io::registration& r) noexcept {
  socket& s = socket_of(r);
  if (s.closed) return;
  s.closed = true;
  if (s.phase == socket::state::listening) close_listener(s);
  if (s.link != nullptr) close_stream(s);
  (void)time_->remove(s);
  s.inward.wake();
  s.outward.wake();
}

void network::close_listener(socket& s) noexcept {
  std::erase(listeners_, &s);
  while (drop_connection(s)) {
  }
}

void network::close_stream(socket& s) noexcept {
  pipe& out = s.link->from(s.side);
  pipe& in = s.link->to(s.side);
  out.writer = nullptr;
  in.reader = nullptr;
  if (in.holds_anything() && !in.was_reset()) {
    out.reset();
  } else if (!s.finished) {
    out.finish();
  }
  if (in.writer != nullptr) in.writer->writable();  // there is room now: it will be lost
}

void network::release(io::registration& r) noexcept {
  close(r);
  --sockets_;
  if (socket_of(r).phase == socket::state::of_the_system) forget(socket_of(r));
  delete &socket_of(r);
}

int network::shutdown_write(io::registration& r) noexcept {
  socket& s = socket_of(r);
  if (s.closed) return -ECANCELED;
  if (s.link == nullptr) return -ENOTCONN;
  if (!std::exchange(s.finished, true)) s.link->from(s.side).finish();
  return 0;
}

endpoint network::local_endpoint(io::registration& r) {
  socket& s = socket_of(r);
  if (s.closed) fail(ECANCELED);
  return s.local;
}

}  // namespace jackdaw::simulated
