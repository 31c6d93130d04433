package http1

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendPrintable(t *testing.T) {
	tests := []struct {
		in    string
		limit int
		want  string
	}{
		{"", 4, ""},
		{"abcd", 4, "abcd"},
		{"abcde", 4, "abcd…"},
		{"a\r\n\t\"\\\x00\x7f\xff", 64, `a\r\n\t\"\\\x00\x7f\xff`},
		{"ab\x00", 5, "ab…"},
	}
	for _, test := range tests {
		got := string(AppendPrintable([]byte("> "), []byte(test.in), test.limit))
		if diff := cmp.Diff("> "+test.want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", test.in, diff)
		}
	}
}

// TestEnds holds the scans of 8 bytes at a time against a plain loop, for every byte at every place.
func TestEnds(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				b := bytes.Repeat([]byte{'~'}, size)
				b[at] = byte(c)
				text := slices.IndexFunc(b, func(c byte) bool { return c < 0x20 || c == 0x7f })
				visible := slices.IndexFunc(b, func(c byte) bool { return c <= 0x20 })
				if got := textEnd(b, 0); got != orLen(text, b) {
					t.Errorf("textEnd(%q) = %d", b, got)
				}
				if got := visibleEnd(b, 0); got != orLen(visible, b) {
					t.Errorf("visibleEnd(%q) = %d", b, got)
				}
			}
		}
	}
}

func orLen(i int, b []byte) int {
	if i < 0 {
		return len(b)
	}
	return i
}

func TestNextElement(t *testing.T) {
	tests := []struct {
		list string
		want []string
	}{
		{"", nil},
		{" , ,\t", nil},
		{"a", []string{"a"}},
		{" a b ,\tc,", []string{"a b", "c"}},
		{`a;q="1,2", "b\",c" ,d`, []string{`a;q="1,2"`, `"b\",c"`, "d"}},
		{`"unfinished, a`, []string{`"unfinished, a`}},
		{`"ends in \`, []string{`"ends in \`}},
	}
	for _, test := range tests {
		var got []string
		for element, rest, ok := NextElement([]byte(test.list)); ok; element, rest, ok = NextElement(rest) {
			got = append(got, string(element))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", test.list, diff)
		}
	}
}
