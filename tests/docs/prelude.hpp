// SPDX-License-Identifier: MIT
// What every block of C++ in the documentation may use without saying so: the headers, the name jd,
// durations as literals, and assert, in every build.
#pragma once

#undef NDEBUG
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <coroutine>
#include <csignal>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <jackdaw/jackdaw.hpp>

#include "support/run_test.hpp"

namespace jd = jackdaw;
using namespace std::chrono_literals;
