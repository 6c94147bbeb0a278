// SPDX-License-Identifier: MIT
#include <jackdaw/io/tcp_stream.hpp>

#include <cerrno>
#include <system_error>

#include <jackdaw/coroutine/run_into.hpp>

namespace jackdaw {

namespace {

class connect_operation {
 public:
  connect_operation(const io::descriptor& d, endpoint& to) noexcept : descriptor_(&d), to_(&to) {}

  class awaiter final : public io::operation {
   public:
    awaiter(const io::descriptor& d, endpoint& to, task_context& t) noexcept
        : operation(t, d.owner(), &d.get(), kind::connect, "connect to") {
      peer = &to;
    }
    void await_resume() const {
      const std::int64_t error = result();
      if (error < 0) io::throw_error(static_cast<int>(-error), what(), *peer);
    }
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*descriptor_, *to_, t); }

 private:
  const io::descriptor* descriptor_;
  endpoint* to_;
};

io::descriptor open_stream(io::engine& e, const endpoint& to) {
  try {
    return io::descriptor(e, e.open_stream(to.family()));
  } catch (const std::system_error& error) {
    io::throw_error(error.code().value(), "connect to", to);
  }
}

void check_cancelled(task_context& t) {
  if (t.current->effective()) throw cancelled(t.current->effective_reason());
}

}  // namespace

task<tcp_stream> tcp_stream::connect(endpoint to) {
  task_context& me = co_await base::this_context();
  check_cancelled(me);
  io::descriptor d = open_stream(io::engine_of(me), to);
  co_await connect_operation(d, to);
  co_return tcp_stream(std::move(d), to);
}

task<> tcp_stream::shutdown_write() {
  task_context& me = co_await base::this_context();
  check_cancelled(me);
  const int error = descriptor_.owner().shutdown_write(descriptor_.get());
  if (error != 0) io::throw_error(-error, "shutdown of", peer_);
}

task<> tcp_stream::close() noexcept {
  descriptor_.close();
  co_return;
}

endpoint tcp_stream::local_endpoint() const {
  try {
    return descriptor_.owner().local_endpoint(descriptor_.get());
  } catch (const std::system_error& error) {
    io::throw_error(error.code().value(), "local endpoint of the connection to", peer_);
  }
}

}  // namespace jackdaw
