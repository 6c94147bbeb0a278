// SPDX-License-Identifier: MIT
// server_process: the example server as its users start it, as a program of its own.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace server_tests {

/// Listens on a free port from its construction on; killed at its end if it still runs.
class server_process {
 public:
  explicit server_process(std::initializer_list<std::string> options) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
    output_ = ends[0];
    start(options, ends[1]);
    ::close(ends[1]);
    constexpr std::string_view announced = "listening on http://127.0.0.1:";
    std::string line;
    while ((line = read_line()).rfind(announced, 0) != 0) {
    }
    port_ = static_cast<std::uint16_t>(std::stoi(line.substr(announced.size())));
  }
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      (void)exit_code();
    }
    ::close(output_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void signal(int number) const { ::kill(pid_, number); }

  /// The next line that it prints; throws when it has ended.
  std::string read_line() {
    std::string line;
    for (char c = 0;;) {
      const ssize_t n = ::read(output_, &c, 1);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw std::runtime_error("the server has ended");
      if (c == '\n') return line;
      line.push_back(c);
    }
  }

  /// Waits for its end; -1 if a signal killed it.
  int exit_code() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  void start(std::initializer_list<std::string> options, int output) {
    std::vector<std::string> words{SERVER_PROGRAM, "--port", "0", "--workers", "2"};
    words.insert(words.end(), options);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    const int error =
        ::posix_spawn(&pid_, SERVER_PROGRAM, &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::generic_category(), "posix_spawn");
  }

  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace server_tests
