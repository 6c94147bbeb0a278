// SPDX-License-Identifier: MIT
// Stands in for base/backoff_mutex.hpp where protocols above it are checked: how long a thread
// stays away from a lock is one schedule among all.
#pragma once

#include <jackdaw/base/small_mutex.hpp>

namespace jackdaw::base {

using backoff_mutex = small_mutex;

}  // namespace jackdaw::base
