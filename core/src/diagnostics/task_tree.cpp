// SPDX-License-Identifier: MIT
#include <jackdaw/diagnostics/task_tree.hpp>

#include <algorithm>
#include <ostream>

#include <jackdaw/cancellation/group_scope.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/scope_roots.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/structured/open_group.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

namespace {

/// A scope that is still to be looked into; pinned.
struct pending_scope {
  scope* s;
  std::size_t depth;
  const char* root_kind;
};

class tree_walk {
 public:
  std::vector<task_tree_entry> run(const services* of) {
    open_group::link_all();
    try {
      scope_root::for_each([&](scope_root& r) {
        if (of == nullptr || r.root().owner()->env == of) push(r.root(), 0, r.kind());
      });
      while (!pending_.empty()) visit_next();
    } catch (...) {
      for (const pending_scope& p : pending_) p.s->unpin();
      throw;
    }
    return std::move(entries_);
  }

 private:
  void push(scope& s, std::size_t depth, const char* kind) {
    pending_.push_back({&s, depth, kind});
    s.pin();
  }

  void visit_next() {
    const pending_scope next = pending_.back();
    pending_.pop_back();
    struct unpin {
      scope* s;
      ~unpin() { s->unpin(); }
    } const at_end{next.s};
    const std::size_t place = entries_.size();
    entries_.push_back(describe(next));
    std::size_t parked = 0;
    next.s->for_each_member([&](member& m) {
      if (m.what() == member::kind::scope) {
        push(static_cast<scope&>(m), next.depth + 1, nullptr);
      } else {
        ++parked;
        entries_.push_back(describe(static_cast<task_context&>(m), next.depth + 1));
      }
    });
    if (!next.s->of_group()) return;
    const std::size_t live = static_cast<group_scope&>(*next.s).live();
    entries_[place].never_parked = live - std::min(live, parked);
  }

  [[nodiscard]] task_tree_entry describe(const pending_scope& p) const {
    task_tree_entry e{
        .kind = p.root_kind != nullptr ? task_tree_entry::what::root : task_tree_entry::what::scope,
        .depth = p.depth,
        .id = p.s->owner()->id(),
        .name = p.root_kind != nullptr ? p.root_kind : "",
        .waiting_for = {},
        .cancel_requested = p.s->requested(),
        .deadline_in = std::nullopt};
    if (p.s->deadline() != INT64_MAX) {
      e.deadline_in = std::chrono::nanoseconds(p.s->deadline() - now_);
    }
    return e;
  }

  [[nodiscard]] static task_tree_entry describe(task_context& t, std::size_t depth) {
    return {
        .kind = task_tree_entry::what::task,
        .depth = depth,
        .id = t.id(),
        .name = std::string(t.name),
        .waiting_for = t.wait.parked_hint() ? t.waiting_for.load(std::memory_order_relaxed) : "",
        .cancel_requested = false,
        .deadline_in = std::nullopt};
  }

  std::vector<pending_scope> pending_;
  std::vector<task_tree_entry> entries_;
  const std::int64_t now_ = clock::now().time_since_epoch().count();
};

}  // namespace

std::vector<task_tree_entry> snapshot_tasks(const services* of) { return tree_walk().run(of); }

void dump_tasks(std::ostream& out, const services* of) {
  for (const task_tree_entry& e : snapshot_tasks(of)) {
    out << std::string(2 * e.depth, ' ');
    if (e.kind == task_tree_entry::what::task) {
      out << "task #" << e.id << (e.name.empty() ? "" : " ") << e.name
          << (e.waiting_for.empty() ? " running" : " waits for ") << e.waiting_for;
    } else {
      out << (e.name.empty() ? "scope" : e.name) << " of task #" << e.id;
      if (e.deadline_in.has_value())
        out << ", deadline in " << e.deadline_in->count() / 1'000'000 << " ms";
      if (e.never_parked != 0) out << ", " << e.never_parked << " never parked";
      if (e.cancel_requested) out << ", cancelled";
    }
    out << '\n';
  }
}

}  // namespace jackdaw
