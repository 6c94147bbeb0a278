// SPDX-License-Identifier: MIT
// Tests of base::intrusive_list.
#include <jackdaw/base/intrusive_list.hpp>

#include <vector>

#include <gtest/gtest.h>

namespace {

using jackdaw::base::intrusive_list;
using jackdaw::base::list_node;

struct by_age;

struct element : list_node<>, list_node<by_age> {
  explicit element(int v) : value(v) {}
  int value;
};

using list = intrusive_list<element>;

std::vector<int> drain(list& l) {
  std::vector<int> values;
  while (element* const e = l.pop_front()) values.push_back(e->value);
  return values;
}

TEST(IntrusiveList, KeepsTheOrderInWhichElementsWerePushed) {
  list l;
  element a{1};
  element b{2};
  element c{3};
  l.push_back(b);
  l.push_back(c);
  l.push_front(a);
  EXPECT_EQ(drain(l), (std::vector{1, 2, 3}));
  EXPECT_TRUE(l.empty());
  EXPECT_EQ(l.pop_front(), nullptr);
}

TEST(IntrusiveList, ANodeTellsWhetherItIsInAList) {
  list l;
  element a{1};
  const list_node<>& node = a;
  EXPECT_FALSE(node.linked());
  l.push_back(a);
  EXPECT_TRUE(node.linked());
  list::erase(a);
  EXPECT_FALSE(node.linked());
}

TEST(IntrusiveList, ErasesFromFrontMiddleAndBackWithoutTheList) {
  list l;
  element a{1};
  element b{2};
  element c{3};
  element d{4};
  for (element* e : {&a, &b, &c, &d}) l.push_back(*e);
  list::erase(b);
  list::erase(a);
  list::erase(d);
  EXPECT_EQ(drain(l), std::vector{3});
}

TEST(IntrusiveList, SplicesEverythingToTheEndOfAnother) {
  list from;
  list to;
  from.splice_all_to(to);
  EXPECT_TRUE(to.empty());
  element a{1};
  element b{2};
  element c{3};
  to.push_back(a);
  from.push_back(b);
  from.push_back(c);
  from.splice_all_to(to);
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(drain(to), (std::vector{1, 2, 3}));
  from.push_back(a);
  from.splice_all_to(to);
  EXPECT_EQ(drain(to), std::vector{1});
}

TEST(IntrusiveList, CanBeWalkedAndExtendedBehindAnElement) {
  list l;
  element a{1};
  element b{2};
  element c{3};
  l.push_back(a);
  l.push_back(c);
  list::insert_after(a, b);
  std::vector<int> seen;
  for (element* e = l.front(); e != nullptr; e = l.after(*e)) seen.push_back(e->value);
  EXPECT_EQ(seen, (std::vector{1, 2, 3}));
  drain(l);
}

TEST(IntrusiveList, AnElementCanBeInTwoListsOfDifferentTags) {
  list first;
  intrusive_list<element, by_age> second;
  element a{1};
  first.push_back(a);
  second.push_back(a);
  EXPECT_EQ(first.pop_front(), &a);
  EXPECT_FALSE(second.empty());
  EXPECT_EQ(second.pop_front(), &a);
}

}  // namespace
