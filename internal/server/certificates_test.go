package server_test

import (
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// TestCertificateEnds: that a certificate ends soon is told at the start, at a reload, and once a day; the metric has the end of each.
func TestCertificateEnds(t *testing.T) {
	s := newStage(t) // its certificate ends within the hour
	ca := s.words["cert"]
	trusted := []string{`people: {targets: ["{{people}}"]}`, `people: {targets: ["{{people}}"], tls: {ca: ` + ca + `}}`}
	var ahead atomic.Int64
	o := s.options()
	o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	i := s.startBy(s.config(trusted...), o)
	told := func(what string) int { return strings.Count(s.log.String(), what) }
	if told("the certificate of first (serial 1) ends within a day") != 1 || told("the authority first (serial 1) ends within a day") != 1 {
		t.Errorf("at the start: %s", s.log)
	}
	const listener, upstream = `candor_certificate_ends_seconds{listener="127.0.0.1:0",name="first",serial="1",upstream=""}`, `candor_certificate_ends_seconds{listener="",name="first",serial="1",upstream="people"}`
	for name, value := range i.metrics(listener, upstream) {
		if !strings.HasPrefix(value, "1.") || !strings.HasSuffix(value, "e+09") {
			t.Errorf("%s is %q", name, value)
		}
	}
	if n := len(i.metrics(listener, upstream)); n != 2 {
		t.Errorf("%d ends in the metrics, want 2", n)
	}
	ahead.Store(int64(25 * time.Hour))
	testkit.Until(t, "it is told again", func() bool { return told("the certificate of first (serial 1) ended on ") == 1 })
	cert, key := certificate(t, "second")
	for from, to := range map[string]string{cert: s.words["cert"], key: s.words["key"]} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		spoil(t, to, string(text))
	}
	if err := i.Reload(t.Context(), s.config(trusted...)); err != nil {
		t.Fatal(err)
	}
	if told("the certificate of second (serial 1) ended on ") == 0 { // and perhaps before, when the files were seen to have changed
		t.Errorf("at a reload: %s", s.log)
	}
	if n := len(i.metrics(listener)); n != 0 {
		t.Error("the metric still has the certificate that is gone")
	}
}
