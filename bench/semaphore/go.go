// SPDX-License-Identifier: MIT

// A semaphore in Go: a channel of ten; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"runtime"
)

const tasks = 1000
const each = 200
const permits = 10

func main() {
	measure.Begin()
	measure.PerOperation("semaphore", tasks*each, func() bool {
		limit := make(chan struct{}, permits)
		return measure.SumOf(tasks, func() int {
			for i := 0; i < each; i++ {
				limit <- struct{}{}
				runtime.Gosched()
				<-limit
			}
			return each
		}) == tasks*each
	})
}
