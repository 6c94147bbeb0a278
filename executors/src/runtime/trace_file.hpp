// SPDX-License-Identifier: MIT
// JACKDAW_TRACE=file.json: what the workers do, in the format of Chrome's and Perfetto's viewers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>

#include "runtime/running_task.hpp"
#include "work_stealing/work_observer.hpp"

namespace jackdaw {

/// Writes an array of complete events ("ph": "X"), a row per worker; closed by the destructor. A
/// second runtime of the process writes to file.json.2, and so on.
class trace_file final : public work_stealing::work_observer {
 public:
  /// Throws std::system_error if the file cannot be made.
  trace_file(const std::string& path, std::size_t workers);
  ~trace_file();

  void begins(std::uint32_t worker, work& w) noexcept override;
  void ends(std::uint32_t worker) noexcept override;

 private:
  struct event {
    std::int64_t begin;
    std::int64_t end;
    running_task task;
  };
  /// A worker's own.
  struct alignas(base::cache_line) row {
    std::vector<event> events;  // has its capacity from the start
    event now{};
  };
  struct closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  static constexpr std::size_t events_at_once = 1024;

  void write(std::uint32_t worker) noexcept;

  std::vector<row> rows_;
  const std::int64_t start_;
  base::small_mutex lock_;  // guards file_
  std::unique_ptr<std::FILE, closer> file_;
};

}  // namespace jackdaw
