// SPDX-License-Identifier: MIT
#include <jackdaw/io/error.hpp>

#include <string>
#include <system_error>

namespace jackdaw::io {

void throw_error(int error, const char* operation, const endpoint& where) {
  throw std::system_error(error, std::generic_category(),
                          std::string(operation) + " " + where.to_string());
}

}  // namespace jackdaw::io
