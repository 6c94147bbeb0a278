// SPDX-License-Identifier: MIT
// The one run queue that the pool uses, compiled once.
#include "work_stealing/run_queue.hpp"

namespace jackdaw::work_stealing {

template class basic_run_queue<run_queue::capacity>;

}  // namespace jackdaw::work_stealing
