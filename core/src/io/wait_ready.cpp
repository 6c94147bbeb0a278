// SPDX-License-Identifier: MIT
#include <jackdaw/io/wait_ready.hpp>

#include <string>
#include <system_error>

#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/io/descriptor.hpp>

namespace jackdaw {

namespace {

class wait_operation {
 public:
  wait_operation(const io::descriptor& d, io::operation::kind k, int fd) noexcept
      : descriptor_(&d), kind_(k), fd_(fd) {}

  class awaiter final : public io::operation {
   public:
    awaiter(const wait_operation& w, task_context& t) noexcept
        : operation(t, w.descriptor_->owner(), &w.descriptor_->get(), w.kind_,
                    "wait for descriptor"),
          fd_(w.fd_) {}
    void await_resume() const {
      const std::int64_t error = result();
      if (error >= 0) return;
      throw std::system_error(static_cast<int>(-error), std::generic_category(),
                              "wait for descriptor " + std::to_string(fd_));
    }

   private:
    int fd_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*this, t); }

 private:
  const io::descriptor* descriptor_;
  io::operation::kind kind_;
  int fd_;
};

task<> wait_for(int fd, io::operation::kind k) {
  task_context& me = co_await base::this_context();
  io::engine& e = io::engine_of(me);
  const io::descriptor d(e, e.borrow(fd));
  co_await wait_operation(d, k, fd);
}

}  // namespace

task<> wait_readable(int fd) { return wait_for(fd, io::operation::kind::readable); }
task<> wait_writable(int fd) { return wait_for(fd, io::operation::kind::writable); }

}  // namespace jackdaw
