package http1

import (
	"testing"
)

func TestLine(t *testing.T) {
	const raw = "HTTP/1.1 200 OK\r\nVary: a\r\nX-Mine: 1\r\nvary:\r\nx-mine:  2 \r\nVARY: c\r\n\r\n"
	lim := ResponseDefaults()
	var h ResponseHead
	if f := ParseResponse([]byte(raw), &lim, false, false, &h); f.Kind != OK {
		t.Fatal(f)
	}
	for name, want := range map[string][]string{
		"vary": {"a", "", "c"}, "x-mine": {"1", "2"}, "etag": nil, "x-other": nil, "x-a-name-that-is-longer-than-any-that-is-known": nil,
	} {
		for n, value := range want {
			if got := h.Line(name, n); got == nil || string(got) != value {
				t.Errorf("%s, %d: %q, want %q", name, n, got, value)
			}
		}
		if got := h.Line(name, len(want)); got != nil {
			t.Errorf("%s has a line too many: %q", name, got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { h.Line("x-mine", 1); h.Line("vary", 2) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
