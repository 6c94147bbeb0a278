// SPDX-License-Identifier: MIT

// Spawn and join in Go: goroutines and a WaitGroup; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"sync"
)

const tasks = 1000000
const batch = 1000

func inGroupsOf(size int) bool {
	right := true
	for done := 0; done < tasks; done += size {
		values := make([]int, size)
		var all sync.WaitGroup
		all.Add(size)
		for i := 0; i < size; i++ {
			go func(i int) {
				values[i] = i
				all.Done()
			}(i)
		}
		all.Wait()
		sum := 0
		for _, value := range values {
			sum += value
		}
		right = right && sum == size*(size-1)/2
	}
	return right
}

func main() {
	measure.Begin()
	measure.PerOperation("spawn_batches", tasks, func() bool { return inGroupsOf(batch) })
	measure.PerOperation("spawn_all", tasks, func() bool { return inGroupsOf(tasks) })
}
