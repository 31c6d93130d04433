package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// marksOf are what only the owner of an app, or the operator, may read of its calls. What the asker has sent is not among them.
func marksOf(app string) []string {
	return []string{"agent-of-" + app, "answer-to-" + app, "client-of-" + app, "/me?of=" + app}
}

// operatorsMarks are what no developer may read.
func operatorsMarks(app string) []string {
	return []string{"body-of-" + app, "answer-id-of-" + app, "upstream-of-" + app, "note-of-" + app, "10.9.8.7", "203.0.113.77", `"grant"`}
}

// walker asks for one path after the other, as somebody.
type walker struct {
	name string
	ask  func(method, path string) page
	see  []string // apps whose calls it may see
}

// TestNothingLeaks: every path of www and of the operator's listener, by everybody who can come, with the ids of somebody else's calls: what is not theirs is not told.
func TestNothingLeaks(t *testing.T) {
	l := newLibrary(t)
	expired := l.signedIn("bob")
	l.wait(31 * 24 * time.Hour)
	shops, bobs, nobodys := l.failed("shop", 60), l.failed("bobs", 61), l.failed("", 62)
	l.keeps(shops, bobs, nobodys)
	by := func(v *visitor) func(method, path string) page {
		return func(method, path string) page { return v.ask(method, path, url.Values{"id": {bobs.RequestID}}) }
	}
	key := func(key string) func(method, path string) page {
		return func(method, path string) page {
			return l.visitor().ask(method, path, nil, "Authorization", "Bearer "+key)
		}
	}
	walkers := []walker{
		{"nobody", by(l.visitor()), nil},
		{"a member", by(l.signedIn("ada")), nil},
		{"an expired session", by(expired), nil},
		{"a revoked key", key(l.keys["revoked"]), nil},
		{"an access token", key("cdr_at_x"), nil},
		{"another developer", by(l.signedIn("eve")), []string{"shop"}},
		{"another developer's key", key(l.keys["eve"]), []string{"shop"}},
		{"the owner", by(l.signedIn("bob")), []string{"bobs"}},
		{"the owner's key", key(l.keys["bob"]), []string{"bobs"}},
	}
	for _, w := range walkers {
		seen := ""
		for _, call := range everyCall(l.www.paths, shops, bobs, nobodys) {
			p := w.ask(call[0], call[1])
			text := headText(p.head) + p.body
			seen += text
			for _, app := range []string{"shop", "bobs", "nobody"} {
				secret := operatorsMarks(app)
				if !slices.Contains(w.see, app) {
					secret = append(secret, marksOf(app)...)
				}
				leaks(t, w.name+": "+call[0]+" "+call[1], text, secret)
			}
		}
		for _, app := range w.see {
			if !strings.Contains(seen, "agent-of-"+app) {
				t.Errorf("%s has not seen what is theirs", w.name)
			}
		}
	}
}

func leaks(t *testing.T, where, text string, secret []string) {
	t.Helper()
	for _, mark := range secret {
		if strings.Contains(text, mark) {
			t.Errorf("%s tells %q", where, mark)
		}
	}
}

func headText(h http.Header) string {
	var w strings.Builder
	_ = h.Write(&w)
	return w.String()
}

// everyCall is each path with each of its methods, and each way to name a call in it. What signs somebody out comes last.
func everyCall(paths []wwwPath, all ...*requestlog.Record) (calls [][2]string) {
	var last [][2]string
	for _, p := range paths {
		targets := []string{p.at}
		for _, r := range all {
			id := r.RequestID
			targets = append(targets, p.at+"?id="+id, p.at+"?cursor="+id, p.at+"?request="+id, p.at+"?app="+r.App, p.at+"?limit=500&problem=access_denied")
			if strings.HasSuffix(p.at, "/") {
				targets = append(targets, p.at+id, p.at+string(r.ID.AppendHex(nil)), p.at+id+"/explanation", p.at+id+"/judge", p.at+id+"/report", p.at+url.PathEscape(string(r.ID.AppendBase64(nil))))
			}
		}
		for _, method := range p.methods {
			for _, target := range targets {
				if call := [2]string{method, target}; method == http.MethodPost {
					last = append(last, call)
				} else {
					calls = append(calls, call)
				}
			}
		}
	}
	slices.SortStableFunc(last, func(a, b [2]string) int { return strings.Index(a[1], "sign-out") - strings.Index(b[1], "sign-out") })
	return append(calls, last...)
}

// TestTheOperatorsListenerIsForOperators: whatever it has, nobody has who does not bring the token: neither a developer's key nor a session opens anything.
func TestTheOperatorsListenerIsForOperators(t *testing.T) {
	l := newLibrary(t)
	bobs := l.failed("bobs", 61)
	l.keeps(bobs)
	h, index := l.admin()
	ask := func(method, path, authorization string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Content-Type", "application/json")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, e := range index.Endpoints {
		targets := []string{e.Path, e.Path + "?id=" + bobs.RequestID, e.Path + "?app=bobs"}
		if strings.HasSuffix(e.Path, "/") {
			targets = append(targets, e.Path+bobs.RequestID, e.Path+bobs.RequestID+"/explanation", e.Path+"bob@example.com/keys")
		}
		for _, target := range targets {
			for _, authorization := range []string{"", "Bearer " + l.keys["bob"], "Bearer another", "Basic sesame-sesame-sesame"} {
				for _, method := range e.Methods {
					w := ask(method, target, authorization)
					leaks(t, method+" "+target, w.Body.String(), append(marksOf("bobs"), operatorsMarks("bobs")...))
					if open := e.Path == "/healthz" || e.Path == "/readyz"; !open && w.Code != 401 {
						t.Errorf("%s %s with %q: %d", method, target, authorization, w.Code)
					}
				}
			}
		}
	}
	if w := ask("GET", "/v1/requests/"+bobs.RequestID, "Bearer sesame-sesame-sesame"); w.Code != 200 || !strings.Contains(w.Body.String(), "note-of-bobs") {
		t.Errorf("the operator: %d %s", w.Code, w.Body)
	}
}
