// SPDX-License-Identifier: MIT
// How I/O reports what went wrong.
#pragma once

#include <jackdaw/io/endpoint.hpp>

namespace jackdaw::io {

/// Throws std::system_error with the error number, and operation and endpoint in its text:
/// "write_all to 10.0.0.7:80: Broken pipe". ECANCELED: the socket was closed here, while the
/// operation waited or before it began. EBUSY: another task is in the middle of an operation in the
/// same direction.
[[noreturn]] void throw_error(int error, const char* operation, const endpoint& where);

}  // namespace jackdaw::io
