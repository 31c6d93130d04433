package admin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answered is all that matters of an answer.
type answered struct {
	Status                 int
	Type, Allow, Challenge string
	Body                   string // JSON, without the indentation
}

func ask(h http.Handler, method, target, body string, fields ...string) answered {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:9090"
	for i := 0; i < len(fields); i += 2 {
		if fields[i] == "Host" {
			r.Host = fields[i+1]
			continue
		}
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	head := w.Header()
	return answered{w.Code, head.Get("Content-Type"), head.Get("Allow"), head.Get("WWW-Authenticate"), flat(w.Body.String())}
}

// flat undoes the indentation.
func flat(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

func said(status int, body string) answered {
	return answered{Status: status, Type: "application/json", Body: body}
}

// hooks are those of a running instance.
func hooks() Options {
	return Options{
		Version: "1.2.3",
		Reload:  func(context.Context) error { return nil },
		Mint: func(_ context.Context, r MintRequest) (MintAnswer, error) {
			if r.App != "demo" {
				return MintAnswer{}, &Fault{404, "There is no app " + r.App, "Known: demo."}
			}
			return MintAnswer{
				Token: "cdr_at_x", App: r.App, Member: r.Member, Scopes: r.Scopes,
				ExpiresAt: time.Unix(r.Life, 0).UTC(),
			}, nil
		},
	}
}

// What the listener says of what it does not give out over TCP without a token.
const (
	noToken    = "Without a token this listener gives out no more than health and metrics: every process of this machine can reach it"
	overSocket = "Ask over the socket, as candor reload and candor token mint do: curl -X POST --unix-socket /data/admin.sock "
	setToken   = "set admin.token, 16 characters or more, and send it as Authorization: Bearer TOKEN."
)

func readsOnly(path string) answered {
	return said(403, `{"status": 403,"message": "`+noToken+`","fix": "`+overSocket+"http://candor"+path+". Or "+setToken+`"}`)
}

// TestCommands come over the socket.
func TestCommands(t *testing.T) {
	h := newPanel(hooks(), true)
	jsonType := []string{"Content-Type", "application/json"}
	for _, c := range []struct {
		name, method, target, body string
		fields                     []string
		want                       answered
	}{
		{"reload", "POST", "/reload", "", nil, said(200, `{"reloaded": true}`)},
		{
			"mint", "POST", "/v1/tokens", `{"app":"demo","member":"m","scopes":["a","b"],"life_seconds":60}`, jsonType,
			said(201, `{"access_token": "cdr_at_x","app": "demo","member": "m","scopes": ["a","b"],"expires_at": "1970-01-01T00:01:00Z"}`),
		},
		{
			"mint for an unknown app", "POST", "/v1/tokens", `{"app":"x","scopes":[]}`, jsonType,
			said(404, `{"status": 404,"message": "There is no app x","fix": "Known: demo."}`),
		},
		{
			"no JSON type", "POST", "/v1/tokens", `{}`,
			[]string{"Content-Type", "text/plain"},
			said(415, `{"status": 415,"message": "The body must be JSON","fix": "Send Content-Type: application/json."}`),
		},
		{
			"unknown field", "POST", "/v1/tokens", `{"application":"demo"}`, jsonType,
			said(400, `{"status": 400,"message": "The body is not what was expected: unknown field \"application\"","fix": "Send one JSON object with the fields that are known here."}`),
		},
		{
			"two objects", "POST", "/v1/tokens", `{}{}`, jsonType,
			said(400, `{"status": 400,"message": "The body is not what was expected: something follows the object","fix": "Send one JSON object with the fields that are known here."}`),
		},
		{
			"long body", "POST", "/v1/tokens", `{"app":"` + strings.Repeat("x", maxBody) + `"}`, jsonType,
			said(413, `{"status": 413,"message": "The body is longer than 65536 bytes","fix": "Send less."}`),
		},
	} {
		if d := cmp.Diff(c.want, ask(h, c.method, c.target, c.body, c.fields...)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
}

// TestHandler is the listener over TCP without a token.
func TestHandler(t *testing.T) {
	o := hooks()
	o.Socket = "/data/admin.sock"
	h := Handler(o)
	jsonType := []string{"Content-Type", "application/json"}
	for _, c := range []struct {
		name, method, target, body string
		fields                     []string
		want                       answered
	}{
		{"index", "GET", "/", "", nil, said(200, `{"what": "The operator's listener of Candor","version": "1.2.3","endpoints": [`+
			`{"path": "/","methods": ["GET","HEAD"],"what": "this list"},`+
			`{"path": "/healthz","methods": ["GET","HEAD"],"what": "200 while the process runs"},`+
			`{"path": "/readyz","methods": ["GET","HEAD"],"what": "200 while calls are taken, else 503 and why"},`+
			`{"path": "/metrics","methods": ["GET","HEAD"],"what": "metrics for Prometheus"},`+
			`{"path": "/debug/pprof/","methods": ["GET","HEAD","POST"],"what": "profiles for go tool pprof; with the token, or over the socket"},`+
			`{"path": "/reload","methods": ["POST"],"what": "reads the configuration again; with the token, or over the socket"},`+
			`{"path": "/v1/tokens","methods": ["POST"],"what": "makes an access token; with the token, or over the socket"}]}`)},
		{"alive", "GET", "/healthz", "", nil, said(200, `{"alive": true}`)},
		{"ready", "GET", "/readyz", "", nil, said(200, `{"ready": true}`)},
		{"nothing there", "GET", "/nothing", "", nil, said(404, `{"status": 404,"message": "Nothing is at /nothing","fix": "GET / lists what is here."}`)},
		{"below the index", "GET", "/index.html", "", nil, said(404, `{"status": 404,"message": "Nothing is at /index.html","fix": "GET / lists what is here."}`)},
		{"wrong method", "DELETE", "/healthz", "", nil, answered{405, "application/json", "GET, HEAD", "", `{"status": 405,"message": "DELETE is not supported here; supported: GET, HEAD"}`}},
		{"reload by GET", "GET", "/reload", "", nil, answered{405, "application/json", "POST", "", `{"status": 405,"message": "GET is not supported here; supported: POST"}`}},
		{"reload", "POST", "/reload", "", nil, readsOnly("/reload")},
		{"mint", "POST", "/v1/tokens", `{"app":"demo","scopes":[]}`, jsonType, readsOnly("/v1/tokens")},
		{"a profile", "GET", "/debug/pprof/heap", "", nil, said(403, `{"status": 403,"message": "`+noToken+`","fix": "`+strings.Replace(overSocket, "POST", "GET", 1)+`http://candor/debug/pprof/. Or `+setToken+`"}`)},
		{
			"a page's command", "POST", "/reload", "",
			[]string{"Origin", "http://127.0.0.1:9090"},
			said(403, `{"status": 403,"message": "Commands are not taken from a web page","fix": "Send it without Origin and Sec-Fetch-Site, as curl does."}`),
		},
		{
			"a page's command without Origin", "POST", "/reload", "",
			[]string{"Sec-Fetch-Site", "cross-site"},
			said(403, `{"status": 403,"message": "Commands are not taken from a web page","fix": "Send it without Origin and Sec-Fetch-Site, as curl does."}`),
		},
		{"typed into a browser", "GET", "/healthz", "", []string{"Sec-Fetch-Site", "none"}, said(200, `{"alive": true}`)},
		{
			"rebound name", "GET", "/metrics", "",
			[]string{"Host", "evil.example:9090"},
			said(403, `{"status": 403,"message": "This listener is not called \"evil.example:9090\"","fix": "Call it by its loopback address, or set admin.token."}`),
		},
		{"rebound name, probe", "GET", "/healthz", "", []string{"Host", "evil.example:9090"}, said(200, `{"alive": true}`)},
		{"IPv6 loopback", "POST", "/reload", "", []string{"Host", "[::1]:9090"}, readsOnly("/reload")},
		{"localhost", "POST", "/reload", "", []string{"Host", "LocalHost"}, readsOnly("/reload")},
		{
			"no Host", "POST", "/reload", "",
			[]string{"Host", ""},
			said(403, `{"status": 403,"message": "This listener is not called \"\"","fix": "Call it by its loopback address, or set admin.token."}`),
		},
	} {
		if d := cmp.Diff(c.want, ask(h, c.method, c.target, c.body, c.fields...)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
}

func TestToken(t *testing.T) {
	o := hooks()
	o.Token = "s3cret"
	h := Handler(o)
	const fix = `"fix": "Send Authorization: Bearer TOKEN with the value of admin.token."}`
	challenge := `Bearer realm="candor admin"`
	missing := answered{401, "application/json", "", challenge, `{"status": 401,"message": "No token was sent",` + fix}
	wrong := answered{401, "application/json", "", challenge, `{"status": 401,"message": "The token is wrong",` + fix}
	reloaded := said(200, `{"reloaded": true}`)
	for _, c := range []struct {
		name, target string
		fields       []string
		want         answered
	}{
		{"none", "/reload", nil, missing},
		{"none, where nothing is", "/nothing", nil, missing},
		{"right", "/reload", []string{"Authorization", "Bearer s3cret"}, reloaded},
		{"right, scheme in lower case", "/reload", []string{"Authorization", "bearer  s3cret"}, reloaded},
		{"right, whatever the Host", "/reload", []string{"Authorization", "Bearer s3cret", "Host", "gw.example"}, reloaded},
		{"wrong", "/reload", []string{"Authorization", "Bearer s3cres"}, wrong},
		{"longer", "/reload", []string{"Authorization", "Bearer s3crett"}, wrong},
		{"empty", "/reload", []string{"Authorization", "Bearer "}, wrong},
		{"other scheme", "/reload", []string{"Authorization", "Basic s3cret"}, wrong},
		{"twice", "/reload", []string{"Authorization", "Bearer s3cret", "Authorization", "Bearer x"}, wrong},
	} {
		if d := cmp.Diff(c.want, ask(h, "POST", c.target, "", c.fields...)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
	for target, want := range map[string]answered{
		"/healthz": said(200, `{"alive": true}`), "/readyz": said(200, `{"ready": true}`), "/metrics": missing, "/debug/pprof/": missing, "/": missing,
	} {
		if d := cmp.Diff(want, ask(h, "GET", target, "")); d != "" {
			t.Errorf("%s: (-want +got)\n%s", target, d)
		}
	}
}

func TestConfiguredHost(t *testing.T) {
	o := hooks()
	o.Hosts = []string{"gw.internal"}
	if got := ask(Handler(o), "GET", "/", "", "Host", "GW.internal:9090"); got.Status != 200 {
		t.Errorf("got %+v", got)
	}
}

func TestReadyzSaysWhyNot(t *testing.T) {
	h := Handler(Options{Ready: func() string { return "draining" }})
	if d := cmp.Diff(said(503, `{"ready": false,"reason": "draining"}`), ask(h, "GET", "/readyz", "")); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if got := ask(h, "GET", "/healthz", ""); got.Status != 200 {
		t.Errorf("healthz while draining: got %+v", got)
	}
}

func TestFailedReload(t *testing.T) {
	o := Options{Reload: func(context.Context) error { return errors.New("candor.yaml:3:1: unknown key") }}
	want := said(500, `{"status": 500,"message": "candor.yaml:3:1: unknown key"}`)
	if d := cmp.Diff(want, ask(newPanel(o, true), "POST", "/reload", "")); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestWithoutHooks(t *testing.T) {
	h := Handler(Options{})
	for _, target := range []string{"/reload", "/v1/tokens"} {
		if got := ask(h, "POST", target, "{}"); got.Status != 404 {
			t.Errorf("%s: got %+v", target, got)
		}
	}
}

// TestWithoutASocket: data: none leaves the token as the only way.
func TestWithoutASocket(t *testing.T) {
	want := said(403, `{"status": 403,"message": "`+noToken+`","fix": "S`+setToken[1:]+`"}`)
	if d := cmp.Diff(want, ask(Handler(hooks()), "POST", "/reload", "")); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestProfiles(t *testing.T) {
	h := newPanel(Options{}, true)
	for _, target := range []string{"", "cmdline", "symbol", "goroutine?debug=1", "heap?debug=1", "trace?seconds=0.01"} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/debug/pprof/"+target, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if b, err := io.ReadAll(w.Body); w.Code != 200 || err != nil || len(b) == 0 {
			t.Errorf("%s: %d, %d bytes, %v", target, w.Code, len(b), err)
		}
	}
}
