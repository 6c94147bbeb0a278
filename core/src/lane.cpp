// SPDX-License-Identifier: MIT
#include <jackdaw/lane.hpp>

#if !defined(__clang__)

namespace jackdaw::base {

namespace {
constinit thread_local lane* current_lane = nullptr;
}  // namespace

lane* this_lane() noexcept { return current_lane; }
void install_lane(lane* l) noexcept { current_lane = l; }

}  // namespace jackdaw::base

#endif
