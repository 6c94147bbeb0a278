// SPDX-License-Identifier: MIT
// Tests of work_stealing::cache_groups: trees like /sys/devices/system of machines of all kinds,
// also of such as do not tell.
#include "work_stealing/cache_groups.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using jackdaw::work_stealing::cache_groups;
using jackdaw::work_stealing::cpu_set;
using jackdaw::work_stealing::cpus_of_list;

/// A tree like /sys/devices/system, in a temporary directory.
class CacheGroups : public ::testing::Test {
 protected:
  CacheGroups() {
    std::string pattern = (fs::temp_directory_path() / "jackdaw-sysfs-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    root_ = pattern;
  }
  ~CacheGroups() override { fs::remove_all(root_); }

  fs::path cache(std::size_t cpu, int index) const {
    return root_ / "cpu" / ("cpu" + std::to_string(cpu)) / "cache" /
           ("index" + std::to_string(index));
  }
  fs::path node(std::size_t number) const {
    return root_ / "node" / ("node" + std::to_string(number));
  }
  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void add_cache(std::size_t cpu, int index, int level, const std::string& shared) {
    write(cache(cpu, index) / "level", std::to_string(level) + '\n');
    write(cache(cpu, index) / "shared_cpu_list", shared + '\n');
  }
  /// CPUs with caches of their own, and a last-level one for each list.
  void add_last_level_caches(std::initializer_list<const char*> lists) {
    for (const char* shared : lists) {
      const cpu_set cpus = cpus_of_list(shared).value();
      for (std::size_t cpu = 0; cpu != cpus.size(); ++cpu) {
        if (!cpus.test(cpu)) continue;
        add_cache(cpu, 0, 1, std::to_string(cpu));
        add_cache(cpu, 1, 1, std::to_string(cpu));
        add_cache(cpu, 2, 2, std::to_string(cpu));
        add_cache(cpu, 3, 3, shared);
      }
    }
  }
  void add_nodes(std::initializer_list<const char*> lists) {
    std::size_t number = 0;
    for (const char* cpus : lists) write(node(number++) / "cpulist", std::string(cpus) + '\n');
    write(root_ / "node" / "online",
          number == 1 ? "0\n" : "0-" + std::to_string(number - 1) + '\n');
  }

  cache_groups read(const char* usable) const {
    return cache_groups::of_tree(root_.string(), cpus_of_list(usable).value());
  }
  static std::vector<int> groups_of(const cache_groups& groups, std::size_t cpus) {
    std::vector<int> result;
    for (std::size_t cpu = 0; cpu != cpus; ++cpu) result.push_back(groups.of_cpu(cpu));
    return result;
  }

  fs::path root_;
};

using groups_by_cpu = std::vector<int>;

TEST_F(CacheGroups, AreOneWhereAllShareACache) {
  add_last_level_caches({"0-3"});
  add_nodes({"0-3"});
  EXPECT_FALSE(read("0-3").several());
}

TEST_F(CacheGroups, AreOneForEachLastLevelCache) {
  add_last_level_caches({"0-1,4-5", "2-3,6-7"});
  add_nodes({"0-7"});
  const cache_groups groups = read("0-7");
  ASSERT_TRUE(groups.several());
  EXPECT_EQ(groups_of(groups, 8), (groups_by_cpu{0, 0, 1, 1, 0, 0, 1, 1}));
  EXPECT_EQ(groups.distance(0, 0), 0);
  EXPECT_EQ(groups.distance(0, 1), 1);
}

TEST_F(CacheGroups, AreFartherApartInOtherNodes) {
  add_last_level_caches({"0-1", "2-3", "4-5", "6-7"});
  add_nodes({"0-3", "4-7"});
  const cache_groups groups = read("0-7");
  EXPECT_EQ(groups_of(groups, 8), (groups_by_cpu{0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(groups.distance(0, 1), 1);
  EXPECT_EQ(groups.distance(1, 2), 2);
  EXPECT_EQ(groups.distance(3, 0), 2);
  EXPECT_EQ(groups.distance(2, 3), 1);
}

TEST_F(CacheGroups, DoNotReachIntoAnotherNode) {
  add_last_level_caches({"0-3"});
  add_nodes({"0-1", "2-3"});
  const cache_groups groups = read("0-3");
  EXPECT_EQ(groups_of(groups, 4), (groups_by_cpu{0, 0, 1, 1}));
  EXPECT_EQ(groups.distance(0, 1), 2);
}

TEST_F(CacheGroups, AreNodesWhereCachesAreNotKnown) {
  add_nodes({"0-1", "2-3"});
  const cache_groups groups = read("0-3");
  EXPECT_EQ(groups_of(groups, 4), (groups_by_cpu{0, 0, 1, 1}));
}

TEST_F(CacheGroups, AreOfOneNodeWhereNodesAreNotKnown) {
  add_last_level_caches({"0-1", "2-3"});
  const cache_groups groups = read("0-3");
  EXPECT_EQ(groups_of(groups, 4), (groups_by_cpu{0, 0, 1, 1}));
  EXPECT_EQ(groups.distance(0, 1), 1);
}

TEST_F(CacheGroups, MayHaveNodesWithoutCpus) {
  add_last_level_caches({"0-1", "2-3"});
  add_nodes({"0-1", "2-3", ""});
  const cache_groups groups = read("0-3");
  EXPECT_EQ(groups_of(groups, 4), (groups_by_cpu{0, 0, 1, 1}));
  EXPECT_EQ(groups.distance(0, 1), 2);
}

TEST_F(CacheGroups, AreOneWhereNothingIsKnown) { EXPECT_FALSE(read("0-3").several()); }

TEST_F(CacheGroups, AreOneWithoutUsableCpus) {
  add_last_level_caches({"0-1", "2-3"});
  EXPECT_FALSE(read("").several());
}

// CPU 3 is offline: it has no files, and is in no list.
TEST_F(CacheGroups, LeaveOutWhatIsOffline) {
  add_last_level_caches({"0-1", "2"});
  add_nodes({"0-2"});
  EXPECT_EQ(groups_of(read("0-2"), 4), (groups_by_cpu{0, 0, 1, 0}));
}

TEST_F(CacheGroups, AreOfUsableCpusOnly) {
  add_last_level_caches({"0-1", "2-3", "4-5", "6-7"});
  add_nodes({"0-3", "4-7"});
  EXPECT_FALSE(read("2-3").several());
  EXPECT_FALSE(read("7").several());
  const cache_groups groups = read("3,6-7");
  EXPECT_EQ(groups_of(groups, 8), (groups_by_cpu{0, 0, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(groups.distance(0, 1), 2);
}

// Of CPUs that cannot be used nothing is read, and of a cache one CPU's files are enough.
TEST_F(CacheGroups, ReadNoMoreThanTheyNeed) {
  add_last_level_caches({"0-1", "2-3"});
  fs::remove_all(cache(1, 0).parent_path());
  fs::remove_all(cache(2, 0).parent_path());
  EXPECT_EQ(groups_of(read("0-1,3"), 4), (groups_by_cpu{0, 0, 0, 1}));
}

TEST_F(CacheGroups, AreOfTheHighestLevelThereIs) {
  for (std::size_t cpu = 0; cpu != 4; ++cpu) {
    add_cache(cpu, 0, 2, cpu < 2 ? "0-1" : "2-3");
    add_cache(cpu, 1, 1, std::to_string(cpu));
  }
  EXPECT_EQ(groups_of(read("0-3"), 4), (groups_by_cpu{0, 0, 1, 1}));
}

TEST_F(CacheGroups, AreOneWhereACacheIsMalformed) {
  for (const char* list : {"", "\n", "x\n", "3-2\n", "0-1 \n", "0\n", "0-99999\n", "ffffffff\n"}) {
    add_last_level_caches({"0-1", "2-3"});
    write(cache(2, 3) / "shared_cpu_list", list);
    EXPECT_FALSE(read("0-3").several()) << '"' << list << '"';
  }
  for (const char* level : {"", "\n", "x\n", "-1\n", "99999999999999999999\n"}) {
    add_last_level_caches({"0-1", "2-3"});
    write(cache(2, 0) / "level", level);
    EXPECT_FALSE(read("0-3").several()) << '"' << level << '"';
  }
}

TEST_F(CacheGroups, AreOneWhereACacheHasNoList) {
  add_last_level_caches({"0-1", "2-3"});
  fs::remove(cache(2, 3) / "shared_cpu_list");
  EXPECT_FALSE(read("0-3").several());
}

TEST_F(CacheGroups, AreOfOneNodeWhereANodeIsMalformed) {
  add_last_level_caches({"0-1", "2-3"});
  for (const char* list : {"", "x\n", "3-2\n"}) {
    add_nodes({"0-1", "2-3"});
    write(node(1) / "cpulist", list);
    EXPECT_EQ(read("0-3").distance(0, 1), 1) << '"' << list << '"';
  }
  add_nodes({"0-1", "2-3"});
  fs::remove_all(node(0));
  EXPECT_EQ(read("0-3").distance(0, 1), 1);
}

// Lists that contradict each other: whoever is listed first.
TEST_F(CacheGroups, DoNotOverlap) {
  add_last_level_caches({"0-1", "2-3"});
  write(cache(2, 3) / "shared_cpu_list", "0-3\n");
  EXPECT_EQ(groups_of(read("0-3"), 4), (groups_by_cpu{0, 0, 1, 1}));
}

TEST_F(CacheGroups, AreReadWhereAFileIsExpectedAndAFolderIs) {
  fs::create_directories(cache(0, 0) / "level");
  fs::create_directories(root_ / "node" / "online");
  EXPECT_FALSE(read("0-3").several());
}

TEST_F(CacheGroups, OfACpuThatIsNotKnownAreTheFirst) {
  const cache_groups groups({0, 1}, {0, 0}, [] { return -1; });
  EXPECT_EQ(groups.here(), 0);
  EXPECT_EQ(groups.of_cpu(2), 0);
}

TEST_F(CacheGroups, OfThisMachineCanBeAskedFor) {
  const cache_groups groups = cache_groups::of_this_machine();
  EXPECT_TRUE(groups.here() == 0 || groups.several());
}

}  // namespace
