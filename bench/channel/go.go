// SPDX-License-Identifier: MIT

// A channel in Go; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"sync"
)

const capacity = 1024
const items = 1000000

func transfer(sides int) bool {
	channel := make(chan int, capacity)
	var producers sync.WaitGroup
	producers.Add(sides)
	for side := 0; side < sides; side++ {
		go func(first int) {
			for i := first; i < items; i += sides {
				channel <- i
			}
			producers.Done()
		}(side)
	}
	go func() {
		producers.Wait()
		close(channel)
	}()
	return measure.SumOf(sides, func() int {
		sum := 0
		for item := range channel {
			sum += item
		}
		return sum
	}) == items*(items-1)/2
}

func main() {
	measure.Begin()
	measure.PerOperation("channel_1p1c", items, func() bool { return transfer(1) })
	measure.PerOperation("channel_2p2c", items, func() bool { return transfer(2) })
}
