// SPDX-License-Identifier: MIT
// serve: accepts connections and runs a handler for each, until it is told to stop.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <new>
#include <system_error>
#include <utility>

#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/io/accept_backoff.hpp>
#include <jackdaw/io/tcp_listener.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/shield.hpp>
#include <jackdaw/sync/semaphore.hpp>
#include <jackdaw/task.hpp>
#include <jackdaw/time/sleep.hpp>

namespace jackdaw {

struct serve_options {
  std::size_t max_connections =
      10'000;  ///< handlers at a time; further clients wait in the kernel's backlog
  std::chrono::nanoseconds grace =
      std::chrono::seconds(10);  ///< for handlers to end in, after a cancel
};

namespace base {

template <class Handler>
task<> run_handler(Handler& handler, tcp_stream stream, semaphore::permit) {
  task_context& me = co_await this_context();
  std::exception_ptr error;
  try {
    co_await std::invoke(handler, std::move(stream));
  } catch (const cancelled&) {
    throw;
  } catch (...) {
    error = std::current_exception();
  }
  if (error != nullptr)
    me.env->unhandled({unhandled_error::source::handler, me.name, std::move(error)});
}

/// Ends when the listener is closed; otherwise by an error, or as cancelled.
template <class Handler>
task<> accept_connections(const tcp_listener& listener, Handler& handler, semaphore& room,
                          background_tasks& connections) {
  io::accept_backoff backoff;
  for (;;) {
    semaphore::permit permit = co_await room.acquire();
    int error = 0;
    try {
      tcp_stream stream = co_await listener.accept();
      connections.spawn(run_handler<Handler>, std::ref(handler), std::move(stream),
                        std::move(permit));
      backoff.reset();
    } catch (const std::system_error& e) {
      if (e.code().value() == ECANCELED) co_return;
      if (!io::accept_backoff::passes(e.code().value())) throw;
      error = e.code().value();
    } catch (const std::bad_alloc&) {
      error = ENOMEM;
    }
    if (error == 0) continue;
    if (error == EMFILE || error == ENFILE) listener.drop_connection();
    co_await sleep_for(backoff.next());
  }
}

template <class Handler>
task<> serve_connections(const tcp_listener& listener, Handler handler, serve_options options) {
  semaphore room(static_cast<std::int64_t>(options.max_connections));
  background_tasks connections;
  result_cell<void> end;
  co_await run_into(accept_connections(listener, handler, room, connections), end);
  if (end.kind() == outcome_kind::value) {
    co_await connections.shutdown(timeout{options.grace});  // a cancel cuts the grace short
  } else {
    co_await shield(connections.shutdown(timeout{options.grace}));
  }
  end.take();
}

}  // namespace base

/// Accepts connections at `listener` and runs `handler(tcp_stream)`, a task, for each. It ends when
/// its scope is cancelled, when the listener is closed (then without an error), or when the
/// listener fails.
///
/// - At most `max_connections` handlers run; a connection is accepted only when there is room for
/// it.
/// - Running out of descriptors or memory stops nothing: one waiting client is turned away and
/// accepting goes on 5 ms later,
///   or, if that does not help, at longer intervals up to 1 s.
/// - Cancelled, it stops accepting at once. Handlers are shielded from that and have `grace` to end
/// in; then they are
///   cancelled, and it ends when they have ended. The listener stays open: it is the caller's.
/// - When the listener is closed the handlers have `grace` as well, and a cancel meanwhile ends
/// them
///   at once: close first and cancel later for a stop in two steps.
/// - An error of a handler ends its connection, and goes to the runtime's on_unhandled.
///
/// `handler` is moved in and called from many tasks at a time. `listener` must outlive the returned
/// task's end.
template <class Handler>
  requires std::invocable<Handler&, tcp_stream>
[[nodiscard]] task<> serve(const tcp_listener& listener, Handler handler,
                           serve_options options = {}) {
  return base::serve_connections(listener, std::move(handler), options);
}

}  // namespace jackdaw
