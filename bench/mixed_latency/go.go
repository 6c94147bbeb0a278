// SPDX-License-Identifier: MIT

// Mixed load in Go; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

const fanOuts = 2
const children = 100
const child = 20 * time.Microsecond
const probe = 10 * time.Microsecond
const rest = 4 * time.Millisecond
const period = time.Millisecond
const probes = 3000

func compute(duration time.Duration) {
	for end := time.Now().Add(duration); time.Now().Before(end); {
	}
}

func fanOut(stop *uint32) {
	for atomic.LoadUint32(stop) == 0 {
		var all sync.WaitGroup
		all.Add(children)
		for i := 0; i < children; i++ {
			go func() {
				compute(child)
				all.Done()
			}()
		}
		all.Wait()
		time.Sleep(rest)
	}
}

func main() {
	measure.Begin()
	var stop uint32
	for i := 0; i < fanOuts; i++ {
		go fanOut(&stop)
	}
	var microseconds []float64
	for i := 0; i < probes; i++ {
		time.Sleep(period)
		before := time.Now()
		done := make(chan struct{})
		go func() {
			compute(probe)
			close(done)
		}()
		<-done
		microseconds = append(microseconds, float64(time.Since(before).Nanoseconds())/1e3)
	}
	atomic.StoreUint32(&stop, 1)
	measure.Sample("mixed_p50", measure.Quantile(microseconds, 0.5), "us", math.NaN(), true)
	measure.Sample("mixed_p99", measure.Quantile(microseconds, 0.99), "us", math.NaN(), true)
	measure.Sample("mixed_p99.9", measure.Quantile(microseconds, 0.999), "us", math.NaN(), true)
}
