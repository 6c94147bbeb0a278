// SPDX-License-Identifier: MIT

// Sleeping goroutines; the sizes are those of workload.hpp.
package main

import (
	measure "jackdaw/bench/harness"
	"sync"
	"sync/atomic"
	"time"
)

const tasks = 1000000

type roll struct {
	begun, woken uint64
	allBegun     chan struct{}
	stop         chan struct{}
	all          sync.WaitGroup
}

func (r *roll) putToSleep(until time.Time) {
	r.allBegun, r.stop = make(chan struct{}), make(chan struct{})
	r.all.Add(tasks)
	for i := 0; i < tasks; i++ {
		go func() {
			defer r.all.Done()
			if atomic.AddUint64(&r.begun, 1) == tasks {
				close(r.allBegun)
			}
			timer := time.NewTimer(time.Until(until))
			select {
			case <-timer.C:
				atomic.AddUint64(&r.woken, 1)
			case <-r.stop:
				timer.Stop()
			}
		}()
	}
	<-r.allBegun
}

func createAndCancel() {
	var r roll
	watch := measure.NewStopwatch(tasks)
	r.putToSleep(time.Now().Add(time.Hour))
	watch.Lap("sleep_create", true)
	close(r.stop)
	r.all.Wait()
	watch.Lap("sleep_cancel", r.woken == 0)
}

func expire() {
	var r roll
	deadline := time.Now().Add(4 * time.Second)
	r.putToSleep(deadline)
	inTime := time.Now().Before(deadline)
	time.Sleep(time.Until(deadline))
	watch := measure.NewStopwatch(tasks)
	r.all.Wait()
	watch.Lap("sleep_expire", inTime && r.woken == tasks)
}

func main() {
	measure.Begin()
	for pass := 0; pass < 3; pass++ {
		createAndCancel()
	}
	expire()
}
