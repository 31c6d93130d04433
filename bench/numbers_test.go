//go:build linux

package main

import (
	"math"
	"testing"
)

func TestMiddleAndLowerQuartile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		sorted      []float64
		middle, low float64
	}{
		{"none", nil, 0, 0},
		{"one", []float64{7}, 7, 7},
		{"two", []float64{1, 3}, 2, 1.5},
		{"five", []float64{1, 2, 3, 4, 5}, 3, 2},
		{"five, one stalled", []float64{1, 2, 3, 4, 500}, 3, 2},
		{"four", []float64{10, 20, 30, 40}, 25, 17.5},
		{"eight, half of them disturbed", []float64{1, 1, 1, 1, 9, 9, 9, 9}, 5, 1},
	} {
		if middle, low := median(c.sorted), lowerQuartile(c.sorted); middle != c.middle || low != c.low {
			t.Errorf("%s: median %v, lower quartile %v; want %v, %v", c.name, middle, low, c.middle, c.low)
		}
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	thousand := make([]int64, 1000) // 1 to 1000
	for i := range thousand {
		thousand[i] = int64(i) + 1
	}
	for _, c := range []struct {
		name   string
		sorted []int64
		share  float64
		within int64
	}{
		{"none", nil, 0.5, 0},
		{"one", []int64{5}, 0.999, 5},
		{"half of a thousand", thousand, 0.5, 500},
		{"99 of 100", thousand, 0.99, 990},
		{"999 of 1000", thousand, 0.999, 999},
		{"all", thousand, 1, 1000},
		{"999 of 1000, of ten", thousand[:10], 0.999, 10},
	} {
		if got := within(c.sorted, c.share); got != c.within {
			t.Errorf("%s: within %d, want %d", c.name, got, c.within)
		}
	}
	for bound, want := range map[int64]float64{0: 1, 300: 0.7, 999: 0.001, 1000: 0, 5000: 0} {
		if got := over(thousand, bound); math.Abs(got-want) > 1e-12 {
			t.Errorf("over %d: %v, want %v", bound, got, want)
		}
	}
	if over(nil, 1) != 0 {
		t.Error("a share of nothing")
	}
}

func TestRatios(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mine, other float64
		want        string
	}{{1, 2, "0.50"}, {0, 0, "1.00"}, {0, 3, "0.00"}, {3, 0, "∞"}} {
		if got := times(ratio(c.mine, c.other)); got != c.want {
			t.Errorf("%v by %v is %s, want %s", c.mine, c.other, got, c.want)
		}
	}
	for _, c := range []struct {
		value, goal float64
		want        string
	}{{0.8, 0.8, "met"}, {0, 0, "met"}, {1, 0, "short"}, {1.2, 0.8, "short by 50 %"}} {
		if got := verdict(c.value, c.goal); got != c.want {
			t.Errorf("%v for %v is %q, want %q", c.value, c.goal, got, c.want)
		}
	}
}

// TestUnevenRounds: a run that broke off has made more rounds of one proxy than of another.
func TestUnevenRounds(t *testing.T) {
	t.Parallel()
	var c cell
	c.add(candor, sample{cpu: 2})
	c.add(nginx, sample{cpu: 4})
	c.add(nginx, sample{cpu: 8})
	if got := c.ratios(nginx); len(got) != 1 || got[0] != 0.5 {
		t.Errorf("ratios %v, want [0.5]", got)
	}
	if got := c.ratios(haproxy); got != nil {
		t.Errorf("ratios to what was not measured: %v", got)
	}
}
