// SPDX-License-Identifier: MIT

// Yield in Go: Gosched; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"runtime"
)

const tasks = 1000
const each = 1000

func yieldOften() int {
	for i := 0; i < each; i++ {
		runtime.Gosched()
	}
	return each
}

func main() {
	measure.Begin()
	measure.PerOperation("yield", tasks*each, func() bool {
		return measure.SumOf(tasks, yieldOften) == tasks*each
	})
}
