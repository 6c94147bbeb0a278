// SPDX-License-Identifier: MIT
#include "simulation/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/settle.hpp>

#include "simulation/failing_memory.hpp"
#include "support/errors.hpp"

namespace jd = jackdaw;

namespace sweep {

namespace {

constexpr int thrown_by_the_attack = 77;

jd::task<> throw_when_told(jd::event& told, const bool& over) {
  co_await told.wait();
  if (!over) throw support::failure{thrown_by_the_attack};
}

jd::task<> then_tell(jd::task<> t, jd::event& told, bool& over) {
  const at_end tell([&] {
    over = true;
    told.set();
  });
  co_await std::move(t);
}

}  // namespace

jd::task<> stage::attacked(jd::task<> part) {
  return extent_ == extent::part ? exposed(std::move(part)) : std::move(part);
}
jd::task<> stage::run(jd::task<> program) {
  return extent_ == extent::whole ? exposed(std::move(program)) : std::move(program);
}

void stage::strike() noexcept {
  if (strike_ == nullptr) return;
  ++strikes_;
  strike_();
}

jd::task<> stage::exposed(jd::task<> target) {
  switch (attack_) {
    case attack::cancel: return exposed_to_cancel(std::move(target));
    case attack::error: return exposed_to_error(std::move(target));
    case attack::timeout: return exposed_to_timeout(std::move(target));
    case attack::allocation: break;
  }
  return target;
}

jd::task<> stage::exposed_to_cancel(jd::task<> target) {
  co_await jd::with_cancel_scope([&](jd::cancel_scope& scope) -> jd::task<> {
    strike_ = [&scope] { scope.cancel("swept"); };
    const at_end covered([this] { strike_ = nullptr; });
    co_await std::move(target);
  });
}

jd::task<> stage::exposed_to_error(jd::task<> target) {
  jd::event told;
  bool over = false;
  strike_ = [&told] { told.set(); };
  const at_end covered([this] { strike_ = nullptr; });
  const auto end = co_await jd::settle(
      jd::gather(then_tell(std::move(target), told, over), throw_when_told(told, over)));
  if (support::code_of(end.error()) == thrown_by_the_attack) co_return;
  (void)end.value();
}

jd::task<> stage::exposed_to_timeout(jd::task<> target) {
  const auto body = [&](jd::timeout_scope& limit) -> jd::task<> {
    strike_ = [&limit] { limit.reschedule(jd::clock::now()); };
    const at_end covered([this] { strike_ = nullptr; });
    co_await std::move(target);
  };
  const auto end = co_await jd::settle(jd::with_timeout(std::chrono::hours(100), body));
  if (support::as<jd::timeout_error>(end.error()) != nullptr) co_return;
  (void)end.value();
}

namespace {

jd::simulation_options drawn_from(std::uint64_t seed) {
  jd::simulation_options o;
  o.seed = seed;
  o.workers = 1 + seed % 3;
  o.order = seed % 2 == 0 ? jd::simulation_order::random : jd::simulation_order::priorities;
  o.expected_steps = 64;
  o.steps_at_once_max = 100'000;
  o.network.buffer = 12;  // so that writers have to wait
  return o;
}

bool is_shortage(const std::exception_ptr& e) {
  if (support::as<std::bad_alloc>(e) != nullptr) return true;
  const auto* call = support::as<std::system_error>(e);  // of an I/O operation
  return call != nullptr && call->code() == std::errc::not_enough_memory;
}

/// Is it how a program may end when memory ran out: is that what it says?
bool tells_of_memory(const std::exception_ptr& e) {
  const auto* group = support::as<jd::exception_group>(e);
  if (group == nullptr) return is_shortage(e);
  return std::ranges::any_of(group->leaves(),
                             [](const auto& leaf) { return is_shortage(leaf.error); });
}

struct run_result {
  std::uint64_t length = 0;  // in steps, or in allocations
  std::uint64_t strikes = 0;
  std::string fault;
};

run_result run_once(const subject& s, attack how, extent what, std::uint64_t k,
                    std::uint64_t seed) {
  run_result r;
  stage on(how, what);
  jd::simulation sim(drawn_from(seed));
  sim.on_unhandled([](const jd::unhandled_error&) {});  // of gather: the second error
  if (how != attack::allocation) sim.at_step(k, [&on] { on.strike(); });
  std::exception_ptr error;
  {
    const failing_memory memory(how == attack::allocation ? k + 1 : 0);
    try {
      sim.run(on.run(s.program(on)));
    } catch (...) {
      error = std::current_exception();
    }
    r.length = how == attack::allocation ? memory.allocations() : sim.steps();
  }
  on.end();
  r.strikes = how == attack::allocation && r.length > k ? 1 : on.strikes();
  if (on.broken() != nullptr) r.fault = on.broken();
  if (error == nullptr || (how == attack::allocation && tells_of_memory(error))) return r;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    r.fault += std::string(" it threw ") + e.what();
  } catch (...) {
    r.fault += " it threw";
  }
  return r;
}

}  // namespace

summary sweep_over(const subject& s, attack how, extent what, std::uint64_t seeds) {
  summary all;
  constexpr std::uint64_t steps_max = 64;
  bool reached = true;
  for (std::uint64_t k = 0; reached && k != steps_max; ++k) {
    reached = false;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const run_result r = run_once(s, how, what, k, seed);
      ++all.schedules;
      all.strikes += r.strikes;
      reached = reached || r.length > k;
      if (r.fault.empty()) continue;
      ADD_FAILURE() << s.name << ", attacked at " << k << ", seed " << seed << ": " << r.fault;
      return all;
    }
  }
  return all;
}

}  // namespace sweep
