//go:build unix

package restart_test

import (
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// TestTakeOver: five processes follow each other under load, and no call fails, none is counted twice, and none is lost.
func TestTakeOver(t *testing.T) {
	s := newStage(t)
	file := s.file()
	p := s.serve(file)
	made, err := s.operator().Mint(t.Context(), admin.MintRequest{App: "demo", Member: "ada", Scopes: []string{"r_profile"}})
	if err != nil {
		t.Fatal(err)
	}
	l := s.load(made.Token)
	l.sees(p, 50)
	for range 5 {
		next := s.serve("--take-over", file)
		p.ends(0)
		for _, want := range []string{"handing over; kept connections have their last calls", "handed over; calls in flight are ended here", "msg=ended handed_over_to="} {
			if !strings.Contains(p.said.String(), want) {
				t.Errorf("the process that was taken over from does not say %q:\n%s", want, p.said.String())
			}
		}
		p = next
		l.sees(p, 50)
	}
	l.ends()
	if tcp, unix := held(t, p); tcp != 3 || unix != 1 {
		t.Errorf("the last process listens by %d descriptors and has %d Unix sockets, want 3 and the operator's", tcp, unix)
	}
	p.terminate()
	p.ends(0)
	if got, want := saved(t, s.words["DATA"]), l.counted.Load(); got != want {
		t.Errorf("%d calls were counted, and %d were made", got, want)
	}
	t.Logf("%d calls", l.all.Load())
}

// TestTakeOverFromTheDead: where the process that is to be taken over from dies in the midst of it, the next one serves all the same.
func TestTakeOverFromTheDead(t *testing.T) {
	s := newStage(t)
	file := s.file("delay: 100ms", "delay: 1h")
	p := s.serve(file)
	next := s.start(program, "serve", "--log-format", "text", "--take-over", file)
	p.says("msg=\"handing over")
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	next.says("msg=serving ")
	resp, err := http.Get("http://" + s.words["PLAIN"] + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != 200 {
		t.Errorf("it answers %s", resp.Status)
	}
}

// TestTakeOverThatIsStopped: a signal to the process that waits for its turn ends that one, and the other serves on under load, and can be taken over from.
func TestTakeOverThatIsStopped(t *testing.T) {
	s := newStage(t)
	file := s.file("delay: 100ms", "delay: 1h")
	p := s.serve(file)
	made, err := s.operator().Mint(t.Context(), admin.MintRequest{App: "demo", Scopes: []string{"r_profile"}})
	if err != nil {
		t.Fatal(err)
	}
	l := s.load(made.Token)
	l.sees(p, 50)
	for n, by := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		next := s.start(program, "serve", "--log-format", "text", "--take-over", file)
		p.until("another hand-over", func() bool { return strings.Count(p.said.String(), "msg=\"handing over") > n })
		next.signal(by)
		if by == syscall.SIGKILL {
			p.until("its end", func() bool { return strings.Count(p.said.String(), "msg=\"not handed over\"") > n })
			break
		}
		next.ends(1)
		if said := next.said.String(); !strings.Contains(said, "the take-over was stopped ("+by.String()+" signal received); process "+strconv.Itoa(p.cmd.Process.Pid)+" serves on") {
			t.Errorf("%s: it says\n%s", by, said)
		}
		l.sees(p, 50)
	}
	if err := s.operator().Reload(t.Context()); err != nil {
		t.Errorf("the operator's socket: %v", err)
	}
	l.sees(p, 50)
	l.ends()
	p.signal(syscall.SIGINT)
	p.ends(0)
	if got, want := saved(t, s.words["DATA"]), l.counted.Load(); got != want {
		t.Errorf("%d calls were counted, and %d were made", got, want)
	}
}

// TestTakeOverThatFails: a process that cannot have what it needs ends, and the other serves on under load.
func TestTakeOverThatFails(t *testing.T) {
	s := newStage(t)
	p := s.serve(s.file())
	made, err := s.operator().Mint(t.Context(), admin.MintRequest{App: "demo", Scopes: []string{"r_profile"}})
	if err != nil {
		t.Fatal(err)
	}
	l := s.load(made.Token)
	l.sees(p, 50)
	for name, c := range map[string]struct {
		file string
		code int
		want string
	}{
		"a mistake":             {s.file("upstreams:", "upstream:"), 2, "upstream"},
		"an address of another": {s.file(`"ADMIN"`, `"`+strings.TrimPrefix(s.api.URL, "http://")+`"`), 1, "the address is in use"},
		"no folder":             {s.file("data: DATA", "data: none"), 2, "with data: none there is no such socket"},
	} {
		next := s.start(program, "serve", "--take-over", c.file)
		next.ends(c.code)
		if !strings.Contains(next.said.String(), c.want) {
			t.Errorf("%s: it says\n%s", name, next.said.String())
		}
	}
	l.sees(p, 50)
	l.ends()
	if err := s.operator().Reload(t.Context()); err != nil {
		t.Errorf("the operator's socket: %v", err)
	}
	p.terminate()
	p.ends(0)
	if got, want := saved(t, s.words["DATA"]), l.counted.Load(); got != want {
		t.Errorf("%d calls were counted, and %d were made", got, want)
	}
}

// saved is what the quota has counted.
func saved(t *testing.T, dir string) (n int64) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	counters, err := st.LoadCounters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counters {
		n += c.Used
	}
	return n
}
