// SPDX-License-Identifier: MIT
// Reading a file that must lie below a folder.
#pragma once

#include <optional>
#include <string>

namespace server {

/// The bytes of the regular file with this relative name below the open folder. Nothing if there is
/// none, if the name leads out of the folder, by ".." or by a symbolic link, or if it is longer
/// than `bytes_max`. Blocks; throws std::system_error when the disk fails.
[[nodiscard]] std::optional<std::string> read_file_below(int folder, const std::string& name,
                                                         std::size_t bytes_max);

}  // namespace server
