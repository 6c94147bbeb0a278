// SPDX-License-Identifier: MIT
// One client of a service: reads requests, has them handled in order, writes the answers.
#pragma once

#include "service.hpp"

#include "http/request_parser.hpp"

#include <jackdaw/jackdaw.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server {

/// Requests that came together are answered together, by one write. A client that takes longer than
/// the service's limits to send a request, to take an answer, or between requests, is dropped.
class http_connection {
 public:
  http_connection(service& of, jackdaw::tcp_stream stream);

  /// Serves until the client leaves, is dropped, or the service stops.
  [[nodiscard]] jackdaw::task<> run();

 private:
  enum class next_step : bool { read_more, close };

  jackdaw::task<next_step> answer_complete_requests();
  jackdaw::task<> answer_one();
  next_step refuse(http::parse_status why);
  jackdaw::task<> flush();
  jackdaw::task<bool> read_more();
  jackdaw::task<std::size_t> read_between_requests(std::span<std::byte> into);
  jackdaw::task<> close_after_answer();
  jackdaw::task<> discard_input();
  std::span<std::byte> make_room();

  [[nodiscard]] std::string_view unparsed() const {
    return {input_.data() + parsed_, filled_ - parsed_};
  }

  service& service_;
  jackdaw::tcp_stream stream_;
  http::request_parser parser_;
  std::vector<char> input_;
  std::size_t parsed_ = 0;  // input_ before it is done with
  std::size_t filled_ = 0;  // input_ before it was read
  std::string output_;
  bool keep_alive_ = true;
  jackdaw::clock::time_point request_deadline_{};  // of the request that is being read
};

/// Makes a connection of an accepted stream and serves it; what `serve` calls.
[[nodiscard]] jackdaw::task<> serve_client(service& of, jackdaw::tcp_stream stream);

}  // namespace server
