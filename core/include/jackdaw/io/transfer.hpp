// SPDX-License-Identifier: MIT
// The awaitables that move bytes over a descriptor.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <jackdaw/io/descriptor.hpp>
#include <jackdaw/io/error.hpp>

namespace jackdaw::io {

/// A read or write to be awaited: it gives the number of bytes, or nothing for writes that send
/// everything. Borrows the descriptor, the endpoint and the bytes until it has ended.
template <class Result>
class [[nodiscard("an operation does nothing until it is awaited")]] transfer {
 public:
  transfer(const descriptor& d, const endpoint& peer, operation::kind k, const char* what,
           std::span<const std::byte> bytes) noexcept
      : descriptor_(&d), peer_(&peer), kind_(k), what_(what), bytes_(bytes) {}
  transfer(const descriptor& d, const endpoint& peer, const char* what,
           std::span<const std::span<const std::byte>> parts) noexcept
      : descriptor_(&d),
        peer_(&peer),
        kind_(operation::kind::writev_all),
        what_(what),
        parts_(parts) {}

  class awaiter final : public operation {
   public:
    awaiter(const transfer& t, task_context& task) noexcept
        : operation(task, t.descriptor_->owner(), &t.descriptor_->get(), t.kind_, t.what_),
          peer_(t.peer_) {
      bytes = const_cast<std::byte*>(
          t.bytes_.data());  // written to by reads only, which were given a mutable span
      size = t.bytes_.size();
      parts = t.parts_;
    }
    Result await_resume() const {
      const std::int64_t n = result();
      if (n < 0) [[unlikely]]
        throw_error(static_cast<int>(-n), what(), *peer_);
      if constexpr (!std::is_void_v<Result>) return static_cast<Result>(n);
    }

   private:
    const endpoint* peer_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*this, t); }

 private:
  const descriptor* descriptor_;
  const endpoint* peer_;
  operation::kind kind_;
  const char* what_;
  std::span<const std::byte> bytes_;
  std::span<const std::span<const std::byte>> parts_;
};

}  // namespace jackdaw::io
