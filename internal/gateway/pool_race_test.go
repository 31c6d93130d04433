//go:build race

package gateway

// allowance is how many allocations a hundred calls may make: under the race detector sync.Pool drops a part of what is put into it.
const allowance = 3000
