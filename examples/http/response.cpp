// SPDX-License-Identifier: MIT
#include "response.hpp"

#include <charconv>

namespace http {

namespace {

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

response plain_status(int status) {
  response answer{.status = status};
  append_number(answer.body, static_cast<std::size_t>(status));
  answer.body.append(" ").append(reason_phrase(status)).append("\n");
  return answer;
}

void append(std::string& out, const response& answer, response_form form) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(answer.status));
  out.append(" ").append(reason_phrase(answer.status));
  out.append("\r\nContent-Type: ").append(answer.content_type);
  out.append("\r\nContent-Length: ");
  append_number(out, answer.body.size());
  out.append("\r\n").append(answer.extra_header);
  if (!form.keep_alive) out.append("Connection: close\r\n");
  out.append("\r\n");
  if (form.with_body) out.append(answer.body);
}

}  // namespace http
