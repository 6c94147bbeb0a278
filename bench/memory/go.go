// SPDX-License-Identifier: MIT

// Waiting and sleeping goroutines; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"math"
	"sync/atomic"
	"time"
)

const tasks = 1000000

func measureGrowth(name string, wait func()) {
	var begun uint64
	allBegun := make(chan struct{})
	before := measure.Memory("VmRSS")
	for i := 0; i < tasks; i++ {
		go func() {
			if atomic.AddUint64(&begun, 1) == tasks {
				close(allBegun)
			}
			wait()
		}()
	}
	<-allBegun
	bytes := (measure.Memory("VmRSS") - before) * 1024 * 1024
	measure.Sample(name, bytes/tasks, "B", math.NaN(), true)
}

func main() {
	measure.Begin()
	never := make(chan struct{})
	measureGrowth("parked_task", func() { <-never })
	measureGrowth("sleeping_task", func() { time.Sleep(time.Hour) })
}
