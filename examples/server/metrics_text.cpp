// SPDX-License-Identifier: MIT
#include "metrics_text.hpp"

namespace server {

void metrics_text::family(std::string_view name, kind of, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(of == kind::counter ? " counter\n" : " gauge\n");
}

void metrics_text::sample(std::string_view labels, std::uint64_t value) {
  text_.append(name_);
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_.append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace server
