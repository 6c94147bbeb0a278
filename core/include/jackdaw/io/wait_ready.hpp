// SPDX-License-Identifier: MIT
// Waiting until somebody else's descriptor can be read or written: the bridge to libraries that do
// their own I/O.
#pragma once

#include <jackdaw/task.hpp>

namespace jackdaw {

/// Waits until reading `fd` would not block (data, end of stream or an error). The descriptor stays
/// the caller's, who keeps it open meanwhile. Several tasks may wait for one descriptor. Throws
/// std::system_error; cancelled: nothing has happened.
[[nodiscard]] task<> wait_readable(int fd);
/// The same for writing.
[[nodiscard]] task<> wait_writable(int fd);

}  // namespace jackdaw
