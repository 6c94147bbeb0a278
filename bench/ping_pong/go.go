// SPDX-License-Identifier: MIT

// Ping-pong in Go: channels of one; the sizes are those of workload.hpp.
package main

import measure "jackdaw/bench/harness"

const atOnce = 1000
const rounds = 200

func ask() int {
	ping, pong := make(chan int, 1), make(chan int, 1)
	go func() { pong <- <-ping + 1 }()
	ping <- 0
	return <-pong
}

func main() {
	measure.Begin()
	measure.PerOperation("ping_pong", atOnce*rounds, func() bool {
		sum := 0
		for i := 0; i < rounds; i++ {
			sum += measure.SumOf(atOnce, ask)
		}
		return sum == atOnce*rounds
	})
}
