package http1

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendChunk(t *testing.T) {
	got := AppendChunk([]byte("> "), []byte(strings.Repeat("x", 17)))
	got = AppendChunk(got, nil)
	got = AppendLastChunk(got, []byte("A: 1\r\n"))
	want := "> 11\r\n" + strings.Repeat("x", 17) + "\r\n0\r\nA: 1\r\n\r\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestChunkedSteps shows what each call of Next gives: payload one span at a time, nothing behind the end.
func TestChunkedSteps(t *testing.T) {
	type step struct {
		N    int
		Data string
		Done bool
	}
	var c Chunked
	lim := Defaults()
	var got []step
	for _, piece := range []string{"", "3", "\r\nab", "c\r\n2\r\nde\r", "\n0\r\nX: 1\r\n\r\nGET /", ""} {
		for rest := []byte(piece); ; {
			n, data, done, f := c.Next(rest, &lim)
			if f.Kind != OK {
				t.Fatal(f)
			}
			got = append(got, step{n, string(data.Of(rest)), done})
			rest = rest[n:]
			if n == 0 || done {
				break
			}
		}
	}
	want := []step{
		{0, "", false},
		{1, "", false},
		{0, "", false},
		{4, "ab", false},
		{0, "", false},
		{1, "c", false},
		{7, "de", false},
		{1, "", false},
		{0, "", false},
		{len("\n0\r\nX: 1\r\n\r\n"), "", true},
		{0, "", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := string(c.Trailers()); got != "X: 1\r\n" || len(c.TrailerFields()) != 1 {
		t.Errorf("trailers %q", got)
	}
	if got := c.Received(); got != int64(len("3\r\nabc\r\n2\r\nde\r\n0\r\nX: 1\r\n\r\n")) {
		t.Errorf("received %d", got)
	}
}
