package http1

import (
	"testing"

	"github.com/candor-gateway/candor/internal/ascii"
)

func TestAppendFields(t *testing.T) {
	const (
		start = "GET / HTTP/1.1\r\n"
		host  = "Host: a\r\n"
	)
	for name, c := range map[string]struct{ fields, want string }{
		"all pass":                {host + "A: 1\r\nb:2 \r\n", host + "A: 1\r\nb:2 \r\n"},
		"the first is dropped":    {"X: 1\r\n" + host + "A: 1\r\n", host + "A: 1\r\n"},
		"the last is dropped":     {host + "A: 1\r\nX: 1\r\n", host + "A: 1\r\n"},
		"runs in between":         {host + "X: 1\r\nx: 2\r\nA:  1\r\nX:\r\nB: 1\r\nC: 1\r\n", host + "A:  1\r\nB: 1\r\nC: 1\r\n"},
		"none is left of several": {"X: 1\r\nX: 2\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var h Head
			lim := Defaults()
			ParseRequest([]byte(start+c.fields+"\r\n"), &lim, &h)
			got := h.AppendFields([]byte("before "), func(f *Field) bool { return ascii.EqualFold(f.Name.Of(h.Buf), "x") })
			if want := "before " + c.want; string(got) != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
