package wire

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// TestOthersReadTheSame: what reaches the upstream in the cases is one message for the readers of others too, with our method, target, fields and body; what was cut
// off is none for them.
func TestOthersReadTheSame(t *testing.T) { //nolint:tparallel // its subtests share an upstream
	t.Parallel()
	readers := testkit.StartReaders(t)
	e := &engine{name: "fast"}
	e.start(t)
	read := 0
	for _, c := range readCases(t) {
		t.Run(c.name, func(t *testing.T) {
			e.play(t, drivers[0], c)
			for _, call := range e.up.Calls() {
				read++
				if call.Whole {
					testkit.Agree(t, readers, call.Bytes, meant(string(call.Bytes)))
					continue
				}
				for _, r := range readers {
					if r.Read(t, call.Bytes).Whole {
						t.Errorf("%s takes a part for a whole call: %q", r.Name, call.Bytes)
					}
				}
			}
		})
	}
	if read < 200 {
		t.Errorf("only %d calls", read)
	}
}

// meant is what a call that we have written means.
func meant(call string) (m testkit.Reading) {
	head, rest, _ := strings.Cut(stage.Plain([]byte(call)), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	m.Method, m.Target, _ = strings.Cut(strings.TrimSuffix(lines[0], " HTTP/1.1"), " ")
	m.Fields = fields(lines[1:])
	body, trailers, _ := strings.Cut(rest, "<end>")
	m.Body, m.Trailers = body, fields(strings.Split(trailers, "\r\n"))
	return m
}

func fields(lines []string) (all [][2]string) {
	for _, line := range lines {
		if name, value, found := strings.Cut(line, ":"); found {
			all = append(all, [2]string{name, strings.Trim(value, " \t")})
		}
	}
	return all
}
