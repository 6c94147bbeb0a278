module jackdaw/bench

go 1.19
