// SPDX-License-Identifier: MIT
// Walks over trees of errors, with a stack of their own instead of the thread's (S46).
#include <jackdaw/structured/exception_group.hpp>

#include <cxxabi.h>
#include <algorithm>
#include <cstdlib>
#include <typeinfo>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/cancelled.hpp>

namespace jackdaw {

struct exception_group::content {
  std::vector<leaf> leaves;
  std::vector<std::exception_ptr> errors;  // of the leaves, for exceptions()
  // The text of what(), made by the first who asks. Release on publication, acquire by readers.
  mutable base::atomic<const std::string*> text{nullptr};
  content* next_dropped = nullptr;

  content() = default;
  content(const content&) = delete;
  content& operator=(const content&) = delete;
  ~content() { delete text.load(std::memory_order_relaxed); }  // the last owner: ordered by that

  static void drop(content* c) noexcept;
};

// Deleting a group's content drops nested groups, which would delete theirs inside: they queue up
// here instead, and the outermost call deletes them one after the other.
void exception_group::content::drop(content* c) noexcept {
  struct drop_queue {
    bool draining = false;
    content* first = nullptr;
  };
  thread_local constinit drop_queue queue;
  c->next_dropped = queue.first;
  queue.first = c;
  if (queue.draining) return;
  queue.draining = true;
  while (queue.first != nullptr) {
    content* const dropped = queue.first;
    queue.first = dropped->next_dropped;
    delete dropped;
  }
  queue.draining = false;
}

exception_group::exception_group(std::vector<leaf> leaves) {
  auto made = std::make_unique<content>();
  made->errors.reserve(leaves.size());
  for (const leaf& l : leaves) made->errors.push_back(l.error);
  made->leaves = std::move(leaves);
  content_ = std::shared_ptr<content>(made.release(), content::drop);
}

exception_group::~exception_group() = default;

std::span<const std::exception_ptr> exception_group::exceptions() const noexcept {
  return content_->errors;
}

std::span<const exception_group::leaf> exception_group::leaves() const noexcept {
  return content_->leaves;
}

std::shared_ptr<exception_group::content> exception_group::nested(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const exception_group& g) {
    return g.content_;
  } catch (...) {
    return nullptr;
  }
}

namespace {

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

std::string origin(const exception_group::leaf& l) {
  if (l.child == exception_group::body) return l.name.empty() ? "body" : l.name;
  std::string text = "child " + std::to_string(l.child);
  if (!l.name.empty()) text += " \"" + l.name + '"';
  return text;
}

std::string count_of(std::size_t errors) {
  return "exception_group: " + std::to_string(errors) + (errors == 1 ? " error" : " errors");
}

}  // namespace

std::string exception_group::describe(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& error) {
    return type_name(typeid(error)) + ": " + error.what();
  } catch (...) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    return type != nullptr ? type_name(*type) : std::string("unknown error");
  }
}

std::string exception_group::draw_tree(const std::shared_ptr<content>& root) {
  // Beyond this depth the indentation stops: the text stays linear in the number of errors.
  constexpr std::size_t indented_levels_max = 16;
  struct position {
    std::shared_ptr<content> group;
    std::size_t next = 0;
  };
  std::string text = count_of(root->leaves.size());
  std::vector<position> path{{root}};
  while (!path.empty()) {
    position& here = path.back();
    if (here.next == here.group->leaves.size()) {
      path.pop_back();
      continue;
    }
    const leaf& l = here.group->leaves[here.next++];
    const std::size_t depth = path.size();
    text += '\n';
    text.append(2 * std::min(depth, indented_levels_max), ' ');
    text += "- ";
    if (depth > indented_levels_max) text += "(level " + std::to_string(depth) + ") ";
    text += origin(l) + ": ";
    if (auto inner = nested(l.error); inner != nullptr) {
      text += count_of(inner->leaves.size());
      path.push_back({std::move(inner)});
    } else {
      text += describe(l.error);
    }
  }
  return text;
}

const char* exception_group::what() const noexcept {
  // acquire: partner of the release below.
  const std::string* text = content_->text.load(std::memory_order_acquire);
  if (text != nullptr) return text->c_str();
  try {
    auto made = std::make_unique<const std::string>(draw_tree(content_));
    // release: the text; acquire: another thread's text, if that was first.
    if (content_->text.compare_exchange_strong(text, made.get(), std::memory_order_release,
                                               std::memory_order_acquire)) {
      text = made.release();
    }
    return text->c_str();
  } catch (...) {
    return "jackdaw::exception_group (no memory to list its errors)";
  }
}

bool exception_group::contains_if(predicate p) const {
  std::vector<std::shared_ptr<content>> to_visit{content_};
  while (!to_visit.empty()) {
    const std::shared_ptr<content> group = std::move(to_visit.back());
    to_visit.pop_back();
    for (const leaf& l : group->leaves) {
      auto inner = nested(l.error);
      if (p(l.error, inner != nullptr)) return true;
      if (inner != nullptr) to_visit.push_back(std::move(inner));
    }
  }
  return false;
}

struct exception_group::sifted {
  std::vector<leaf> taken;
  std::vector<leaf> left;
};

/// Divides a tree into the errors that `take` says yes to and the others, depth first.
class exception_group::sieve {
 public:
  template <class Take>
  static sifted run(const std::shared_ptr<content>& root, Take take) {
    sieve s;
    s.path_.push_back({root, 0, {}});
    for (;;) {
      position& here = s.path_.back();
      if (here.next != here.group->leaves.size()) {
        s.visit(here.group->leaves[here.next++], take);
      } else if (s.path_.size() > 1) {
        s.leave_group();
      } else {
        return std::move(here.parts);
      }
    }
  }

 private:
  struct position {
    std::shared_ptr<content> group;
    std::size_t next;
    sifted parts;
  };

  template <class Take>
  void visit(const leaf& l, Take& take) {
    auto inner = nested(l.error);
    if (take(l.error, inner != nullptr)) {
      path_.back().parts.taken.push_back(l);
    } else if (inner != nullptr) {
      path_.push_back({std::move(inner), 0, {}});
    } else {
      path_.back().parts.left.push_back(l);
    }
  }

  // The parts of a nested group become groups in the parent's parts; an undivided one stays itself.
  void leave_group() {
    sifted parts = std::move(path_.back().parts);
    path_.pop_back();
    position& parent = path_.back();
    const leaf& whole = parent.group->leaves[parent.next - 1];
    if (parts.taken.empty()) {
      parent.parts.left.push_back(whole);
    } else if (parts.left.empty()) {
      parent.parts.taken.push_back(whole);
    } else {
      parent.parts.taken.push_back(regrouped(whole, std::move(parts.taken)));
      parent.parts.left.push_back(regrouped(whole, std::move(parts.left)));
    }
  }

  static leaf regrouped(const leaf& whole, std::vector<leaf> part) {
    return {std::make_exception_ptr(exception_group(std::move(part))), whole.child, whole.name};
  }

  std::vector<position> path_;
};

exception_group::parts exception_group::split_if(predicate p) const {
  sifted divided = sieve::run(content_, p);
  parts result;
  if (!divided.taken.empty()) {
    result.matching = std::make_unique<exception_group>(std::move(divided.taken));
  }
  if (!divided.left.empty()) {
    result.rest = std::make_unique<exception_group>(std::move(divided.left));
  }
  return result;
}

void exception_group::handle_all(offering offer_to) const {
  std::vector<leaf> thrown;
  std::exception_ptr unwinding;  // a `cancelled` that a handler has let pass
  sifted divided = sieve::run(content_, [&](const std::exception_ptr& e, bool is_group) {
    try {
      return offer_to(e, is_group);
    } catch (const cancelled&) {
      unwinding = std::current_exception();
    } catch (...) {
      thrown.push_back({std::current_exception(), body, "handler"});
    }
    return true;
  });
  std::vector<leaf> open = std::move(divided.left);
  open.insert(open.end(), thrown.begin(), thrown.end());
  if (!open.empty()) throw exception_group(std::move(open));
  if (unwinding != nullptr) std::rethrow_exception(unwinding);
}

}  // namespace jackdaw
