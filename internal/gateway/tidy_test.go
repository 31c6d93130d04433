package gateway

import "testing"

// Memory goes back once after many connections, as soon as hardly any comes.
func TestTidy(t *testing.T) {
	for _, row := range []struct {
		name string
		came []uint32 // in each second
		when string   // memory went back
	}{
		{"few", []uint32{10, 0, 0}, "..."},
		{"a burst", []uint32{5000, 0, 0, 0}, ".!.."},
		{"a burst that goes on", []uint32{800, 800, 800, 51, 50, 0}, "....!."},
		{"two bursts", []uint32{1000, 0, 1000, 0}, ".!.!"},
		{"few, for long", []uint32{50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50}, "...................!."},
	} {
		t.Run(row.name, func(t *testing.T) {
			last, when := ^uint32(0)-100, "" // the numbers wrap around
			of := tidy{seen: last}
			for _, n := range row.came {
				last += n
				if of.calm(last) {
					when += "!"
				} else {
					when += "."
				}
			}
			if when != row.when {
				t.Errorf("%s, want %s", when, row.when)
			}
		})
	}
}
