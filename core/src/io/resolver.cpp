// SPDX-License-Identifier: MIT
#include <jackdaw/io/resolver.hpp>

#include <netdb.h>

#include <cerrno>
#include <memory>
#include <stdexcept>

#include <jackdaw/offload/to_thread.hpp>

namespace jackdaw {

namespace {

class getaddrinfo_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "getaddrinfo"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
};

struct free_addresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

std::vector<endpoint> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error == EAI_SYSTEM)
    throw std::system_error(errno, std::generic_category(), "resolve " + host);
  if (error != 0) throw std::system_error(error, resolver_category(), "resolve " + host);
  const std::unique_ptr<addrinfo, free_addresses> list(found);
  std::vector<endpoint> all;
  for (const addrinfo* a = list.get(); a != nullptr; a = a->ai_next) {
    if (a->ai_family != AF_INET && a->ai_family != AF_INET6) continue;
    all.emplace_back(a->ai_addr, a->ai_addrlen).set_port(port);
  }
  if (all.empty()) throw std::system_error(EAI_NONAME, resolver_category(), "resolve " + host);
  return all;
}

}  // namespace

const std::error_category& resolver_category() noexcept {
  static const getaddrinfo_category category;
  return category;
}

task<std::vector<endpoint>> resolver::resolve(std::string host, std::uint16_t port) const {
  std::vector<endpoint> all;
  try {
    all.emplace_back(host, port);
  } catch (const std::invalid_argument&) {
    all.clear();  // a name
  }
  if (all.empty()) all = co_await to_thread(on_cancel::abandon, look_up, host, port);
  co_return all;
}

}  // namespace jackdaw
