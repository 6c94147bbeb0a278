// SPDX-License-Identifier: MIT
#include "file_below.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace server {

namespace {

class open_file {
 public:
  explicit open_file(int fd) : fd_(fd) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// The kernel resolves the name and refuses what leaves the folder, so there is no check to get
// wrong and no moment between check and use. O_NONBLOCK: opening a pipe must not wait for a writer.
int open_below(int folder, const std::string& name) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempts = 0; attempts < 8; ++attempts) {
    const long fd = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
    // EAGAIN: a rename or mount meanwhile; the kernel asks to try again.
    if (fd >= 0 || errno != EAGAIN) return static_cast<int>(fd);
  }
  return -1;
}

bool means_not_there(int error) {
  return error == ENOENT || error == ENOTDIR || error == EXDEV || error == ELOOP ||
         error == EACCES || error == ENAMETOOLONG || error == ENXIO || error == EAGAIN;
}

}  // namespace

std::optional<std::string> read_file_below(int folder, const std::string& name,
                                           std::size_t bytes_max) {
  const open_file file(open_below(folder, name));
  if (file.fd() < 0) {
    if (means_not_there(errno)) return std::nullopt;
    throw std::system_error(errno, std::generic_category(), "openat2 " + name);
  }
  struct stat about{};
  if (::fstat(file.fd(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > bytes_max) return std::nullopt;
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t n = ::read(file.fd(), bytes.data() + have, size - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::system_error(errno, std::generic_category(), "read " + name);
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace server
