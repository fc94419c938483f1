// Package latency measures what a cell costs as a front end sees it, from the execute_request to the idle status: of
// GoNB as its own installer would set it up, of GoNB in the environment that this checkout gives it, and of the kernel
// that is installed. It holds nothing but a benchmark:
//
//	go test -run '^$' -bench Cell ./kernel-ext/internal/latency
//
// Each round runs one cell of new text in each of the kernels in turn, so that a busy moment of the machine meets them
// all; KELPIE_ROUNDS says how many rounds, 20 when unset. median-ms and min-ms are over the rounds, after one to warm up.
package latency
