// SPDX-License-Identifier: MIT
#include <jackdaw/coroutine/result_cell.hpp>

#include <cxxabi.h>

#include <typeinfo>

namespace jackdaw::base {

bool handling_cancelled() noexcept {
  const std::type_info* type = abi::__cxa_current_exception_type();
  return type != nullptr && *type == typeid(cancelled);
}

}  // namespace jackdaw::base
