package sandbox

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

func TestParseFault(t *testing.T) {
	for _, tt := range []struct {
		value   string
		want    fault
		refusal faultRefusal
	}{
		{"expired_access_token", fault{problem: problem.ExpiredAccessToken}, faultKnown},
		{" throttled ", fault{problem: problem.Throttled}, faultKnown},
		{"slow=15s", fault{mischief: slow, wait: 15 * time.Second}, faultKnown},
		{"slow=60s", fault{mischief: slow, wait: time.Minute}, faultKnown},
		{"slow=61s", fault{mischief: slow, wait: 61 * time.Second}, faultBadArgument},
		{"slow=-1s", fault{mischief: slow, wait: -time.Second}, faultBadArgument},
		{"slow", fault{mischief: slow}, faultBadArgument},
		{"reset", fault{mischief: reset}, faultKnown},
		{"reset=now", fault{mischief: reset}, faultBadArgument},
		{"truncate", fault{mischief: truncate}, faultKnown},
		{"garbage", fault{mischief: garbage}, faultKnown},
		{"status=500", fault{mischief: status, status: 500}, faultKnown},
		{"slow_head=500ms", fault{mischief: slowHead, wait: 500 * time.Millisecond}, faultKnown},
		{"drip=100ms", fault{mischief: drip, wait: 100 * time.Millisecond}, faultKnown},
		{"drip=often", fault{mischief: drip}, faultBadArgument},
		{"hang", fault{mischief: hang}, faultKnown},
		{"hang=1s", fault{mischief: hang}, faultBadArgument},
		{"reset_mid_body", fault{mischief: resetMidBody}, faultKnown},
		{"reset-mid-body", fault{}, faultUnknown},
		{"truncated_json", fault{mischief: truncatedJSON}, faultKnown},
		{"empty", fault{mischief: empty}, faultKnown},
		{"empty=", fault{mischief: empty}, faultBadArgument},
		{"html=200", fault{mischief: htmlPage, status: 200}, faultKnown},
		{"html=204", fault{mischief: htmlPage, status: 204}, faultBadArgument},
		{"html", fault{mischief: htmlPage}, faultBadArgument},
		{"wrong_length=long", fault{mischief: wrongLength, word: "long"}, faultKnown},
		{"wrong_length=short", fault{mischief: wrongLength, word: "short"}, faultKnown},
		{"wrong_length=17", fault{mischief: wrongLength, word: "17"}, faultBadArgument},
		{"retry_after=503:5s", fault{mischief: retryAt, status: 503, wait: 5 * time.Second}, faultKnown},
		{"retry_after=429:date", fault{mischief: retryAt, status: 429, word: "date"}, faultKnown},
		{"retry_after=503:decade", fault{mischief: retryAt, status: 503, word: "decade"}, faultKnown},
		{"retry_after=503:500ms", fault{mischief: retryAt, status: 503, wait: 500 * time.Millisecond}, faultBadArgument},
		{"retry_after=429:120s", fault{mischief: retryAt, status: 429, wait: 2 * time.Minute}, faultKnown},
		{"retry_after=503:soon", fault{mischief: retryAt, status: 503}, faultBadArgument},
		{"retry_after=503", fault{mischief: retryAt, status: 503}, faultBadArgument},
		{"retry_after=500:5s", fault{mischief: retryAt, status: 500}, faultBadArgument},
		{"retry_after=date", fault{mischief: retryAt}, faultBadArgument},
		{"redirect_loop", fault{mischief: redirectLoop}, faultKnown},
		{"status=100", fault{mischief: status, status: 100}, faultBadArgument},
		{"status=abc", fault{mischief: status}, faultBadArgument},
		{"throttled=5", fault{problem: problem.Throttled}, faultBadArgument},
		{"client_gone", fault{}, faultUnknown},
		{"nonsense", fault{}, faultUnknown},
		{"", fault{}, faultUnknown},
	} {
		got, refusal := parseFault(tt.value)
		if refusal != tt.refusal {
			t.Errorf("%q: refusal %d, want %d", tt.value, refusal, tt.refusal)
		}
		if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(fault{})); d != "" {
			t.Errorf("%q: %s", tt.value, d)
		}
	}
}

// Every row of the table is one that can be asked for as its example says, and that does something.
func TestMischiefsAreWhole(t *testing.T) {
	for kind := noMischief + 1; int(kind) < len(mischiefs); kind++ {
		row := &mischiefs[kind]
		if f, refusal := parseFault(row.example); refusal != faultKnown || f.mischief != kind || row.does == nil {
			t.Errorf("%s: %q is %+v, %d", row.name, row.example, f, refusal)
		}
	}
}

// The page about failures has each of them: all that FaultHeader takes, and each code that a problem has.
func TestHandlingErrorsHasAll(t *testing.T) {
	text, err := os.ReadFile("../../docs/handling-errors.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	c, err := problem.New(problem.Options{Profile: problem.LinkedIn})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range mischiefs[noMischief+1:] {
		if !strings.Contains(page, FaultHeader+": "+row.name) {
			t.Errorf("the page stages no %s", row.name)
		}
	}
	for _, typ := range problem.Types() {
		p := problem.Example(typ)
		if typ == problem.UpstreamClientError || typ == problem.UpstreamServerError {
			continue // they have the code of whatever status they are
		}
		if code := c.Code(&p); !strings.Contains(page, " "+code+"`") && !strings.Contains(page, FaultHeader+": "+typ.Name()) {
			t.Errorf("the page stages no %s (%s)", typ.Name(), code)
		}
	}
}

// Every problem of the catalogue answers by its name, and mischief is left to the upstream.
func TestIntercept(t *testing.T) {
	ask := func(field string) (p problem.Problem, refused bool) {
		var h http1.Head
		limits := http1.Defaults()
		if f := http1.ParseRequest([]byte("GET / HTTP/1.1\r\nHost: x\r\n"+field+"\r\n"), &limits, &h); f.Kind != http1.OK {
			t.Fatalf("%q: %v", field, f)
		}
		refused = intercept(&h, &p)
		return p, refused
	}
	for _, typ := range problem.Types() {
		p, refused := ask("x-sandbox-FAULT: " + typ.Name() + "\r\n")
		if !refused {
			t.Errorf("%s is not refused", typ)
		}
		if d := cmp.Diff(problem.Example(typ), p); d != "" {
			t.Errorf("%s: %s", typ, d)
		}
	}
	for _, pass := range []string{"", "X-Sandbox-Fault: slow=1s\r\n", "X-Sandbox-Fault: reset\r\n", "X-Sandbox-Faults: throttled\r\n"} {
		if p, refused := ask(pass); refused {
			t.Errorf("%q is refused: %+v", pass, p)
		}
	}
	c, err := problem.New(problem.Options{Profile: problem.LinkedIn})
	if err != nil {
		t.Fatal(err)
	}
	for field, part := range map[string]string{"nonsense": "expired_access_token", "slow=99s": "slow=15s (at most 1m)", "retry_after=500:5s": "retry_after=503:5s (or 429; and whole seconds, date,", "empty=1": "right: empty.", "throttled=9": "throttled"} {
		p, refused := ask("X-Sandbox-Fault: " + field + "\r\n")
		text := string(c.AppendMessage(nil, &p)) + " | " + string(c.AppendFix(nil, &p))
		if !refused || p.Type != problem.InvalidInput || !strings.Contains(text, part) {
			t.Errorf("%s: %v %s %s", field, refused, p.Type, text)
		}
	}
}
