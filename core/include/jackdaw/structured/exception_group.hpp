// SPDX-License-Identifier: MIT
// Every error of a group, as one exception.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace jackdaw {

/// The errors of a group's children and body, in the order in which they ended; an error may itself
/// be a group. It is always a group, also for one error, so that callers handle one shape.
///
/// Copying shares the errors. `what()` lists them as a tree. All operations, destruction included,
/// are iterative: a group may be nested 10^5 deep (S46). Thread safety: immutable, so that every
/// member may be called from any thread.
class exception_group final : public std::exception {
 public:
  /// One error and where it came from.
  struct leaf {
    std::exception_ptr error;
    std::size_t child;  ///< index of the child in the group, `body` for the group's body
    std::string name;   ///< of the child; may be empty
  };
  static constexpr std::size_t body = static_cast<std::size_t>(-1);

  explicit exception_group(std::vector<leaf> leaves);
  exception_group(const exception_group&) noexcept = default;
  exception_group& operator=(const exception_group&) noexcept = default;
  ~exception_group() override;

  /// The direct errors, in completion order.
  [[nodiscard]] std::span<const std::exception_ptr> exceptions() const noexcept;
  /// The same with child index and name.
  [[nodiscard]] std::span<const leaf> leaves() const noexcept;
  /// The tree, a line per error, indented for the first levels and numbered below them. Built at
  /// the first call; falls back to a short text without memory.
  [[nodiscard]] const char* what() const noexcept override;

  /// Is there an error of type E anywhere in the tree? Nested groups count for E = exception_group
  /// only, not as a std::exception.
  template <class E>
  [[nodiscard]] bool contains() const {
    return contains_if(matches<E>);
  }

  /// The errors of type E, and the rest, each with the tree's shape; null where there are none.
  struct parts {
    std::unique_ptr<exception_group> matching;
    std::unique_ptr<exception_group> rest;
  };
  /// A nested group matches as a whole for E = exception_group, else its errors are looked at.
  template <class E>
  [[nodiscard]] parts split() const {
    return split_if(matches<E>);
  }

  /// Python's except*: each error, depth first, goes to the first handler whose parameter type it
  /// matches (`std::exception_ptr` takes all; `exception_group const&` takes a nested group before
  /// its errors). Handlers return void. What nobody handled, in the tree's shape, and then what
  /// handlers threw, is thrown as a group when all have been offered. A `cancelled` that a handler
  /// throws is no error: it is thrown on if nothing else is left (S10, S11).
  template <class... Handlers>
  void handle(Handlers&&... handlers) const {
    auto offer_to_all = [&](const std::exception_ptr& e, bool is_group) {
      return (offer(e, is_group, handlers) || ...);
    };
    handle_all(offering(offer_to_all));
  }

 private:
  struct content;
  using predicate = bool (*)(const std::exception_ptr&, bool is_group);

  template <class E>
  static bool matches(const std::exception_ptr& e, bool is_group) {
    if (is_group || std::is_same_v<E, exception_group>) {
      return is_group && std::is_same_v<E, exception_group>;
    }
    try {
      std::rethrow_exception(e);
    } catch (const E&) {
      return true;
    } catch (...) {
      return false;
    }
  }

  template <class Handler>
  struct parameter : parameter<decltype(&Handler::operator())> {};
  template <class A>
  struct parameter<void (*)(A)> {
    using type = std::remove_cvref_t<A>;
  };
  template <class A>
  struct parameter<void (*)(A) noexcept> : parameter<void (*)(A)> {};
  template <class C, class A>
  struct parameter<void (C::*)(A)> : parameter<void (*)(A)> {};
  template <class C, class A>
  struct parameter<void (C::*)(A) const> : parameter<void (*)(A)> {};
  template <class C, class A>
  struct parameter<void (C::*)(A) noexcept> : parameter<void (*)(A)> {};
  template <class C, class A>
  struct parameter<void (C::*)(A) const noexcept> : parameter<void (*)(A)> {};

  template <class Handler>
  static bool offer(const std::exception_ptr& e, bool is_group, Handler& handler) {
    using wanted = typename parameter<std::decay_t<Handler>>::type;
    if (is_group != std::is_same_v<wanted, exception_group>) return false;
    if constexpr (std::is_same_v<wanted, std::exception_ptr>) {
      handler(e);
      return true;
    } else {
      try {
        std::rethrow_exception(e);
      } catch (wanted& error) {
        handler(error);
        return true;
      } catch (...) {
        return false;
      }
    }
  }

  /// A reference to something callable as a predicate.
  class offering {
   public:
    template <class F>
    explicit offering(F& f) noexcept
        : object_(&f), call_([](void* o, const std::exception_ptr& e, bool is_group) {
            return (*static_cast<F*>(o))(e, is_group);
          }) {}
    bool operator()(const std::exception_ptr& e, bool is_group) const {
      return call_(object_, e, is_group);
    }

   private:
    void* object_;
    bool (*call_)(void*, const std::exception_ptr&, bool);
  };

  struct sifted;
  class sieve;

  [[nodiscard]] bool contains_if(predicate p) const;
  [[nodiscard]] parts split_if(predicate p) const;
  void handle_all(offering offer_to) const;

  static std::shared_ptr<content> nested(const std::exception_ptr& e);
  static std::string describe(const std::exception_ptr& e);
  static std::string draw_tree(const std::shared_ptr<content>& root);

  std::shared_ptr<content> content_;
};

}  // namespace jackdaw
