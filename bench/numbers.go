//go:build linux

package main

import (
	"math"
	"slices"
	"strconv"
)

// median is the middle of sorted numbers, 0 of none.
func median(sorted []float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// lowerQuartile is what a quarter of sorted numbers stays below, between two
// neighbours in proportion; 0 of none. What else a machine does only makes a
// round slower: the lower quartile has less of it than the median.
func lowerQuartile(sorted []float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := float64(len(sorted)-1) / 4
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// within is the least of sorted times that the share p of them do not exceed, 0 of none.
func within(sorted []int64, p float64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p*float64(len(sorted)) - 1e-9)) // 0.999 × 1000 is a little more than 999
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// over is the share of sorted times that are longer than a bound.
func over(sorted []int64, bound int64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	first, _ := slices.BinarySearch(sorted, bound+1)
	return float64(len(sorted)-first) / float64(len(sorted))
}

// ratio of two figures; nothing by nothing is 1.
func ratio(mine, other float64) float64 {
	if mine == other {
		return 1
	}
	return mine / other
}

// times spells a ratio.
func times(r float64) string {
	if math.IsInf(r, 0) || math.IsNaN(r) {
		return "∞"
	}
	return strconv.FormatFloat(r, 'f', 2, 64)
}
