package server_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// loose answers every call in the same bytes, and closes.
func loose(t *testing.T, answer string) (url string) {
	t.Helper()
	ln := testkit.Listen(t)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { answerOnce(c, answer) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		all.Wait()
	})
	return "http://" + ln.Addr().String()
}

func answerOnce(c net.Conn, answer string) {
	defer c.Close()
	if _, err := testkit.ReadHead(bufio.NewReader(c)); err == nil {
		_, _ = io.WriteString(c, answer)
		_, _ = io.Copy(io.Discard, c)
	}
}

// TestToleratedIsCounted: each use of a tolerance and of a leniency is counted, also over a reload, and of each leniency the first line is quoted, without secrets.
func TestToleratedIsCounted(t *testing.T) {
	s := newStage(t)
	url := loose(t, "HTTP/1.1 200 OK\r\nSet-Cookie : id=secret\r\nX-A : 1\r\nX-B: 2\r\n 3\r\nContent-Length: 2\r\n\r\nok")
	change := []string{
		`people: {targets: ["{{people}}"]}`, `people: {targets: ["` + url + `"], lenient: [space_before_colon, obs_fold]}`,
		"    upstream: people\n", "    upstream: people\n    http: {accept: [double_slash, encoded_slash]}\n",
		"{name: news, path: /news,", "{name: news, path: /news/**,",
	}
	i := s.start(change...)
	for _, path := range []string{"/v2/news", "/v2/news//a", "/v2/news/a%2Fb", "/v2/news//%2F", "/v2/news/../x"} {
		i.get(path, "")
	}
	if err := i.Reload(t.Context(), s.config(append(change, "lenient: [space_before_colon, obs_fold]", "lenient: all")...)); err != nil {
		t.Fatal(err)
	}
	i.get("/v2/news", "")
	const tolerated, let = "candor_http_tolerated_total", "candor_upstream_lenient_total"
	want := map[string]string{
		tolerated + `{kind="double_slash"}`: "2", tolerated + `{kind="encoded_slash"}`: "2", tolerated + `{kind="dot_segments"}`: "0",
		let + `{kind="space_before_colon",upstream="people"}`: "5", let + `{kind="obs_fold",upstream="people"}`: "5", let + `{kind="bare_lf",upstream="people"}`: "0",
	}
	names := make([]string, 0, len(want))
	for name := range want {
		names = append(names, name)
	}
	if diff := cmp.Diff(want, i.metrics(names...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	log := s.log.String()
	if n := strings.Count(log, "an answer that breaks HTTP was let pass"); n != 4 { // two kinds, once before and once behind the reload
		t.Errorf("%d warnings in %s", n, log)
	}
	for _, says := range []string{"space_before_colon", "obs_fold", "Set-Cookie", "X-B: 2"} {
		if !strings.Contains(log, says) {
			t.Errorf("the log does not say %s: %s", says, log)
		}
	}
	if strings.Contains(log, "secret") {
		t.Errorf("the log tells a secret: %s", log)
	}
}
