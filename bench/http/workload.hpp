// SPDX-License-Identifier: MIT
// The work that every plaintext responder written in C++ does: the answer, and where requests end.
//
// A responder answers one fixed response per request. A request ends at the empty line (CRLF CRLF);
// bodies are not looked for, since the load generator sends GET only. Several requests may come in
// one read (pipelining), and one request may come in several.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace plaintext {

inline constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";

/// A request longer than this many bytes closes its connection.
inline constexpr std::size_t request_bytes_max = 4096;

/// How many answers are put into one send.
inline constexpr std::size_t batch_max = 32;

/// How many requests end in a run of bytes, and how many bytes belong to them.
struct complete_requests {
  std::size_t count;
  std::size_t bytes;
};

inline complete_requests find_requests(const char* data, std::size_t size) {
  constexpr std::string_view end = "\r\n\r\n";
  complete_requests found{0, 0};
  while (found.bytes < size) {
    const void* hit = memmem(data + found.bytes, size - found.bytes, end.data(), end.size());
    if (hit == nullptr) break;
    found.bytes = static_cast<std::size_t>(static_cast<const char*>(hit) - data) + end.size();
    ++found.count;
  }
  return found;
}

/// `batch_max` answers in a row, so that pipelined requests are answered by one send.
struct batch {
  char bytes[response.size() * batch_max];

  batch() {
    for (std::size_t i = 0; i < batch_max; ++i)
      std::memcpy(bytes + i * response.size(), response.data(), response.size());
  }
};

inline const batch answers;

/// `--port N` (0 picks a free one) and `--threads N`.
struct options {
  unsigned short port = 0;
  unsigned threads = 2;
};

inline options parse(int argc, char** argv) {
  options result;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const unsigned long value = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--port") {
      result.port = static_cast<unsigned short>(value);
    } else if (name == "--threads") {
      result.threads = static_cast<unsigned>(value);
    } else {
      std::fprintf(stderr, "unknown option %s; there are --port N and --threads N\n", argv[i]);
      std::exit(2);
    }
  }
  return result;
}

/// Tells the driver that connections are accepted from now on, and where.
inline void announce(unsigned port) {
  std::printf("listening on http://127.0.0.1:%u\n", port);
  std::fflush(stdout);
}

}  // namespace plaintext
