// SPDX-License-Identifier: MIT
#include "reactor/reactor.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

#include <jackdaw/time/clock.hpp>

#include "reactor/system_calls.hpp"

namespace jackdaw::reactor {

namespace {

constexpr std::uint32_t inward_events = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t outward_events = EPOLLOUT | EPOLLHUP | EPOLLERR;
constexpr std::int64_t second = 1'000'000'000;

slot& slot_of(io::registration& r) noexcept { return static_cast<slot&>(r); }

int add(int epoll, int fd, std::uint32_t events, std::uint64_t key) noexcept {
  epoll_event event{};
  event.events = events | EPOLLET;
  event.data.u64 = key;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

}  // namespace

reactor::reactor()
    : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC))),
      wake_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))),
      spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
  // Edge-triggered, so the counter need never be read: each write is an edge.
  if (const int error = add(epoll_.get(), wake_.get(), EPOLLIN, wake_key); error != 0)
    throw_errno(-error);
}

int reactor::wait_for_events(std::int64_t deadline) noexcept {
  epoll_event* const events = events_.data();
  constexpr int most = static_cast<int>(events_at_once);
  if (deadline == 0) return ::epoll_wait(epoll_.get(), events, most, 0);
  if (deadline == no_deadline) return ::epoll_wait(epoll_.get(), events, most, -1);
  const std::int64_t left =
      std::max<std::int64_t>(deadline - clock::now().time_since_epoch().count(), 0);
  const timespec timeout{.tv_sec = left / second, .tv_nsec = left % second};
  const int n = ::epoll_pwait2(epoll_.get(), events, most, &timeout, nullptr);
  if (n >= 0 || errno != ENOSYS) return n;
  // Before Linux 5.11: whole milliseconds, rounded up, so that the caller does not spin.
  const std::int64_t rounded = std::min<std::int64_t>((left + 999'999) / 1'000'000, 1'000'000);
  return ::epoll_wait(epoll_.get(), events, most, static_cast<int>(rounded));
}

void reactor::wait(std::int64_t deadline) noexcept { event_count_ = wait_for_events(deadline); }

std::size_t reactor::dispatch() noexcept {
  std::size_t runnable = 0;
  // Negative when interrupted: as if nothing had happened.
  for (int i = 0; i < event_count_; ++i) {
    const epoll_event& e = events_[static_cast<std::size_t>(i)];
    if (e.data.u64 == wake_key) {
      woken_.clear();
    } else {
      runnable += handle(e.data.u64, e.events);
    }
  }
  event_count_ = 0;
  return runnable;
}

std::size_t reactor::handle(std::uint64_t key, std::uint32_t events) noexcept {
  slot* const s = slots_.find(key);
  if (s == nullptr) return 0;
  std::size_t granted = 0;
  if ((events & inward_events) != 0) {
    if (auto* op = s->inward.signal((events & (inward_events & ~EPOLLIN)) != 0); op != nullptr) {
      grant(*op);
      ++granted;
    }
  }
  if ((events & outward_events) != 0) {
    if (auto* op = s->outward.signal((events & (outward_events & ~EPOLLOUT)) != 0); op != nullptr) {
      grant(*op);
      ++granted;
    }
  }
  return granted;
}

void reactor::wake() noexcept {
  if (!woken_.set()) return;
  const std::uint64_t one = 1;
  // Can fail only because the counter is full, and then it is readable anyway.
  (void)!::write(wake_.get(), &one, sizeof one);
}

int reactor::watch(slot& s) noexcept {
  if (s.watched) return 0;
  const std::uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
  int error = add(epoll_.get(), s.fd, events, slot_table::key(s));
  if (error == -EEXIST && s.borrowed) {
    // Two tasks wait for one foreign descriptor: the second one waits for a duplicate, which is
    // ours.
    const int duplicate = ::fcntl(s.fd, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) return -errno;
    s.fd = duplicate;
    s.borrowed = false;
    error = add(epoll_.get(), s.fd, events, slot_table::key(s));
  }
  s.watched = error == 0;
  return error;
}

void reactor::close(io::registration& r) noexcept {
  slot& s = slot_of(r);
  const auto inward = s.inward.close();
  if (!inward.first) return;
  const auto outward = s.outward.close();
  // Always, even though a close would do it: not if the descriptor has been duplicated.
  if (s.watched) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, s.fd, nullptr);
  if (inward.waiting != nullptr) grant(*inward.waiting);
  if (outward.waiting != nullptr) grant(*outward.waiting);
  leave(s, 1U + (inward.in_use ? 0U : 1U) + (outward.in_use ? 0U : 1U));
}

void reactor::release(io::registration& r) noexcept {
  close(r);
  let_go(slot_of(r));
}

void reactor::leave(slot& s, std::uint32_t users) noexcept {
  if (!s.leave(users)) return;
  if (!s.borrowed) ::close(s.fd);
  let_go(s);
}

void reactor::let_go(slot& s) noexcept {
  if (s.let_go()) slots_.give_back(s);
}

bool reactor::start(io::operation& op) noexcept {
  slot& s = slot_of(*op.target());
  using beginning = readiness<io::operation>::beginning;
  switch (s.direction(op).begin()) {
    case beginning::attempt: return attempt(op, s);
    case beginning::not_ready: return false;
    case beginning::busy: op.complete(-EBUSY); return true;
    case beginning::closed: op.complete(-ECANCELED); return true;
  }
  return false;
}

bool reactor::publish(io::operation& op) noexcept {
  readiness<io::operation>& direction = slot_of(*op.target()).direction(op);
  do {
    if (direction.wait(op)) return true;
  } while (!start(op));
  return false;
}

bool reactor::unlink(io::operation& op) noexcept {
  return slot_of(*op.target()).direction(op).unlink(op);
}

bool reactor::resume(io::operation& op) noexcept {
  slot& s = slot_of(*op.target());
  if (!s.direction(op).is_closed()) return attempt(op, s);
  op.complete(-ECANCELED);
  (void)s.direction(op).end(false);
  leave(s, 1);
  return true;
}

// The direction is the operation's own. Returns whether it is complete.
bool reactor::attempt(io::operation& op, slot& s) noexcept {
  using ending = readiness<io::operation>::ending;
  readiness<io::operation>& direction = s.direction(op);
  for (;;) {
    bool drained = false;
    const std::int64_t result = perform(op, s, drained);
    if (result != -EAGAIN) {
      op.complete(result);
      if (direction.end(drained) == ending::closed) leave(s, 1);
      return true;
    }
    switch (direction.end_empty()) {
      case ending::left: return false;
      case ending::again: break;
      case ending::closed:
        op.complete(-ECANCELED);
        leave(s, 1);
        return true;
    }
  }
}

std::int64_t reactor::perform(io::operation& op, slot& s, bool& drained) noexcept {
  using kind = io::operation::kind;
  switch (op.what_kind()) {
    case kind::read: return read_once(op, s.fd, drained);
    case kind::write: return write_once(op, s.fd, drained);
    case kind::write_all:
    case kind::writev_all: return write_everything(op, s.fd);
    case kind::accept: return accept(op, s);
    case kind::connect: return watched(connect_once(s.fd, *op.peer), s);
    case kind::readable: return watched(look(s.fd, false), s);
    case kind::writable: return watched(look(s.fd, true), s);
  }
  return -EINVAL;
}

// These descriptors are registered only once something is under way: a socket that has not begun to
// connect counts as hung up.
std::int64_t reactor::watched(std::int64_t result, slot& s) noexcept {
  if (result != 0 && result != -EAGAIN) return result;
  if (s.borrowed && result == 0) return 0;
  const int error = watch(s);
  return error == 0 ? result : error;
}

std::int64_t reactor::accept(io::operation& op, slot& s) noexcept {
  const int fd = accept_once(s.fd, *op.peer);
  if (fd < 0) return fd;
  try {
    op.accepted = &adopt(owned_fd(fd));
    return 0;
  } catch (const std::system_error& e) {
    return -e.code().value();
  } catch (const std::bad_alloc&) {
    return -ENOMEM;
  }
}

}  // namespace jackdaw::reactor
