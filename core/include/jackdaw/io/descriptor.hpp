// SPDX-License-Identifier: MIT
// Ownership of a descriptor that an engine keeps.
#pragma once

#include <cassert>
#include <utility>

#include <jackdaw/io/engine.hpp>

namespace jackdaw::io {

/// Owns a registration: releases it, and thereby closes it, in its destructor. No operation may be
/// in progress then.
class descriptor {
 public:
  descriptor() noexcept = default;
  descriptor(engine& e, registration& r) noexcept : engine_(&e), registration_(&r) {}
  descriptor(descriptor&& other) noexcept
      : engine_(other.engine_), registration_(std::exchange(other.registration_, nullptr)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    descriptor(std::move(other)).swap(*this);
    return *this;
  }
  ~descriptor() {
    if (registration_ != nullptr) engine_->release(*registration_);
  }

  void swap(descriptor& other) noexcept {
    std::swap(engine_, other.engine_);
    std::swap(registration_, other.registration_);
  }

  [[nodiscard]] explicit operator bool() const noexcept { return registration_ != nullptr; }
  [[nodiscard]] engine& owner() const noexcept { return *engine_; }
  [[nodiscard]] registration& get() const noexcept {
    assert(registration_ != nullptr && "jackdaw: the socket has been moved from");
    return *registration_;
  }
  void close() const noexcept {
    if (registration_ != nullptr) engine_->close(*registration_);
  }

 private:
  engine* engine_ = nullptr;
  registration* registration_ = nullptr;
};

}  // namespace jackdaw::io
