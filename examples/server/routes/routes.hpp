// SPDX-License-Identifier: MIT
// Every route of the server, one source file each.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <jackdaw/jackdaw.hpp>

namespace server {

class application;

void add_front_routes(application& app);
void add_backend_routes(application& app);

namespace routes {

using answer = jackdaw::task<http::response>;

answer plaintext(const http::request& request);  ///< /
answer fanout(application& app,
              const http::request& request);                 ///< /fanout?n=20&deadline=100&slow=0
answer cpu(application& app, const http::request& request);  ///< /cpu?ms=20
answer cpu_inline(application& app, const http::request& request);  ///< /cpu-inline?ms=20
answer file(application& app, const http::request& request);        ///< /file/NAME
answer tasks(const http::request& request);                         ///< /tasks
answer metrics(application& app, const http::request& request);     ///< /metrics
answer item(const http::request& request);                          ///< backend: /item?id=7&ms=2

}  // namespace routes

}  // namespace server
