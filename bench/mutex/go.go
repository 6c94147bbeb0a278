// SPDX-License-Identifier: MIT

// A mutex in Go; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"sync"
)

const tasks = 4
const each = 250000

func main() {
	measure.Begin()
	measure.PerOperation("mutex", tasks*each, func() bool {
		var mutex sync.Mutex
		total := 0
		measure.SumOf(tasks, func() int {
			for i := 0; i < each; i++ {
				mutex.Lock()
				total++
				mutex.Unlock()
			}
			return each
		})
		return total == tasks*each
	})
}
