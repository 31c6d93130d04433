//go:build !race

package gateway

// allowance is how many allocations a hundred calls may make.
const allowance = 5
