// SPDX-License-Identifier: MIT
#include "target.hpp"

#include <algorithm>
#include <charconv>

namespace http {

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    const auto end = std::from_chars(digits, digits + 2, byte, 16);
    if (end.ptr != digits + 2 || byte == 0) return std::nullopt;
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  return decoded;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::optional<unsigned> number_in_query(std::string_view target, std::string_view name,
                                        unsigned otherwise, unsigned least, unsigned most) {
  const std::size_t question = target.find('?');
  std::string_view rest =
      question == target.npos ? std::string_view{} : target.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    if (equals == pair.npos) return std::nullopt;
    const std::string_view digits = pair.substr(equals + 1);
    unsigned number = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (end.ec != std::errc{} || end.ptr != digits.data() + digits.size()) return std::nullopt;
    if (number < least || number > most) return std::nullopt;
    return number;
  }
  return otherwise;
}

}  // namespace http
