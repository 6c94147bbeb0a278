// SPDX-License-Identifier: MIT

// Package measure is measure.hpp for programs in Go.
package measure

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Begin takes the number of workers from the arguments.
func Begin() int {
	workers := 2
	if len(os.Args) > 1 {
		workers, _ = strconv.Atoi(os.Args[1])
	}
	runtime.GOMAXPROCS(workers)
	return workers
}

// CPU is the processor time of all threads in seconds.
func CPU() float64 {
	var use syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return float64(use.Utime.Nano()+use.Stime.Nano()) * 1e-9
}

// Memory is a field of /proc/self/status that is given in kB, in MiB.
func Memory(field string) float64 {
	status, _ := os.ReadFile("/proc/self/status")
	words := strings.Fields(string(status))
	for i, word := range words {
		if word == field+":" {
			kilobytes, _ := strconv.Atoi(words[i+1])
			return float64(kilobytes) / 1024
		}
	}
	return 0
}

// Sample prints a sample; unit and verdict as in measure.hpp.
func Sample(name string, value float64, unit string, cpu float64, right bool) {
	verdict := "right"
	if !right {
		verdict = "WRONG"
	}
	fmt.Printf("%s %.3f %s %.3f %.1f %s\n", name, value, unit, cpu, Memory("VmHWM"), verdict)
}

func timed(name string, scale float64, unit string, work func() bool, print bool) {
	cpu, start := CPU(), time.Now()
	right := work()
	took := time.Since(start).Seconds()
	if print {
		Sample(name, took*scale, unit, (CPU()-cpu)*scale, right)
	}
}

// Once times one call, in milliseconds.
func Once(name string, work func() bool) { timed(name, 1e3, "ms", work, true) }

// PerOperation times three calls after one that warms up, in nanoseconds per operation.
func PerOperation(name string, operations int, work func() bool) {
	for pass := 0; pass < 4; pass++ {
		timed(name, 1e9/float64(operations), "ns", work, pass > 0)
	}
}

// Quantile is the smallest value that at least this share of the samples does not exceed.
func Quantile(samples []float64, share float64) float64 {
	sort.Float64s(samples)
	return samples[int(math.Ceil(float64(len(samples)-1)*share))]
}

// SumOf runs work in that many goroutines and adds up what they return.
func SumOf(tasks int, work func() int) int {
	results := make(chan int, tasks)
	for i := 0; i < tasks; i++ {
		go func() { results <- work() }()
	}
	sum := 0
	for i := 0; i < tasks; i++ {
		sum += <-results
	}
	return sum
}

// Stopwatch takes samples of phases that follow one another, in nanoseconds per operation.
type Stopwatch struct {
	scale float64
	cpu   float64
	start time.Time
}

// NewStopwatch starts.
func NewStopwatch(operations int) *Stopwatch {
	return &Stopwatch{1e9 / float64(operations), CPU(), time.Now()}
}

// Lap prints a sample and starts the next.
func (watch *Stopwatch) Lap(name string, right bool) {
	took, used := time.Since(watch.start).Seconds(), CPU()-watch.cpu
	Sample(name, took*watch.scale, "ns", used*watch.scale, right)
	watch.cpu, watch.start = CPU(), time.Now()
}
