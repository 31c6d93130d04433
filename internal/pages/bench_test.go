package pages

import "testing"

// BenchmarkNew is what a start, and a reload that changes a word, pays for the pages.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
