package server

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/digest"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/usage"
)

// described is docs/openapi.yaml, as far as tests hold it against the code.
type described struct {
	Paths      map[string]map[string]any
	Components struct {
		Schemas map[string]struct{ Properties map[string]any }
	}
}

// operation is one of the document.
type operation struct {
	path, method string
	tags         []string
}

func (o *operation) isFor(who string) bool { return slices.Contains(o.tags, who) }

func readDescribed(t *testing.T) (*described, []operation) {
	t.Helper()
	text, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := &described{}
	if err = yaml.Unmarshal(text, d); err != nil {
		t.Fatal(err)
	}
	var all []operation
	for path, item := range d.Paths {
		for method, of := range item {
			fields, is := of.(map[string]any)
			if !is { // parameters of all
				continue
			}
			o := operation{path: path, method: strings.ToUpper(method)}
			tags, _ := fields["tags"].([]any)
			for _, tag := range tags {
				o.tags = append(o.tags, tag.(string))
			}
			all = append(all, o)
		}
	}
	return d, all
}

// adminIndex is what the operator's listener says it has.
type adminIndex struct {
	Endpoints []struct {
		Path    string
		Methods []string
	}
}

func (l *library) admin() (http.Handler, *adminIndex) {
	l.Helper()
	o := l.adminOptions(l.config("accounts: true"))
	o.Token = "sesame-sesame-sesame"
	h := admin.Handler(o)
	index := &adminIndex{}
	if err := json.Unmarshal(asOperator(h, "GET", "/").Body.Bytes(), index); err != nil || len(index.Endpoints) < 15 {
		l.Fatal(len(index.Endpoints), err)
	}
	return h, index
}

func asOperator(h http.Handler, method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader("{}"))
	r.Header.Set("Authorization", "Bearer sesame-sesame-sesame")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestTheDocumentHasWhatIsServed: each endpoint below /v1, of both listeners, with each of its methods.
func TestTheDocumentHasWhatIsServed(t *testing.T) {
	l := newLibrary(t)
	_, all := readDescribed(t)
	_, index := l.admin()
	has := func(at string, methods []string, who string) {
		t.Helper()
		for _, method := range methods {
			found := method == http.MethodHead || slices.ContainsFunc(all, func(o operation) bool {
				return o.method == method && o.isFor(who) && (o.path == at || strings.HasSuffix(at, "/") && strings.HasPrefix(o.path, at))
			})
			if !found {
				t.Errorf("docs/openapi.yaml lacks %s %s for the %s", method, at, who)
			}
		}
	}
	for _, e := range index.Endpoints {
		if strings.HasPrefix(e.Path, "/v1/") {
			has(e.Path, e.Methods, "operator")
		}
	}
	for _, e := range index.Endpoints {
		if strings.HasPrefix(e.Path, "/v1/faults") || e.Path == "/v1/clock" {
			t.Errorf("%s is there without a sandbox", e.Path)
		}
	}
	for _, p := range l.www.paths {
		if strings.HasPrefix(p.at, "/v1/") {
			has(p.at, p.methods, "developer")
		}
	}
}

// TestWhatTheDocumentHasIsServed: each operation is answered by what it is of, and not as one that is not there.
func TestWhatTheDocumentHasIsServed(t *testing.T) {
	l := newLibrary(t)
	shops := l.failed("shop", 60)
	l.keeps(shops)
	h, _ := l.admin()
	_, all := readDescribed(t)
	fill := strings.NewReplacer("/requests/{id}", "/requests/"+shops.RequestID, "{id}", "ada", "{email}", "eve@example.com", "{name}", "shop")
	for _, o := range all {
		path := fill.Replace(o.path)
		if w := asOperator(h, o.method, path); o.isFor("operator") && (w.Code == 405 || strings.Contains(w.Body.String(), "Nothing is at")) {
			t.Errorf("%s %s for the operator: %d %s", o.method, o.path, w.Code, w.Body)
		}
		if !o.isFor("developer") {
			continue
		}
		p := l.visitor().ask(o.method, path, nil, "Authorization", "Bearer "+l.keys["eve"])
		if p.status != 200 || p.head.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s for the developer: %d %s", o.method, o.path, p.status, p.body)
		}
	}
}

// TestTheDocumentHasEveryField of what is told and taken, and none that there is not.
func TestTheDocumentHasEveryField(t *testing.T) {
	d, _ := readDescribed(t)
	types := map[string]any{
		"Record": requestlog.Record{}, "Field": requestlog.Field{}, "Body": requestlog.Body{}, "Answer": requestlog.Answer{}, "Said": requestlog.Said{}, "Cause": requestlog.Cause{},
		"Upstream": requestlog.Upstream{}, "Stations": requestlog.Stations{}, "Would": requestlog.Would{}, "Difference": requestlog.Difference{}, "Recurs": requestlog.Recurs{},
		"Credential": requestlog.Token{}, "RequestPage": admin.RequestPage{}, "ForgetRequests": admin.ForgetRequests{}, "ForgottenRequests": admin.ForgottenRequests{},
		"MintRequest": admin.MintRequest{}, "MintAnswer": admin.MintAnswer{}, "App": admin.App{}, "ScopeUse": admin.ScopeUse{}, "AppSecret": admin.AppSecret{},
		"AppRequest": admin.AppRequest{}, "AppChange": admin.AppChange{}, "AppAnswer": admin.AppAnswer{}, "Account": admin.Account{}, "AccountRequest": admin.AccountRequest{},
		"MemberChange": admin.MemberChange{}, "AccountAnswer": admin.AccountAnswer{}, "Erased": admin.Erased{}, "GrantFilter": admin.GrantFilter{}, "Grants": admin.Grants{},
		"Grant": admin.Grant{}, "Token": admin.Token{}, "Revoked": admin.Revoked{}, "Key": admin.Key{}, "DeveloperKey": admin.DeveloperKey{},
		"DeveloperKeyRequest": admin.DeveloperKeyRequest{}, "DeveloperKeyAnswer": admin.DeveloperKeyAnswer{}, "RouteRequest": admin.RouteRequest{},
		"RouteAnswer": admin.RouteAnswer{}, "RouteCheck": admin.RouteCheck{}, "Fault": admin.Fault{},
		"Usage": usage.Report{}, "UsageApps": usageApps{}, "Ended": usage.Ended{}, "UsedResource": usage.Resource{}, "UsedLimit": usage.Limit{}, "UsedHour": usage.Hour{},
		"Rights": usage.Rights{}, "ScopeUsed": usage.ScopeUse{}, "ThrottledMember": usage.Member{},
		"Digest": digest.Digest{}, "Finding": digest.Finding{}, "Share": digest.Share{}, "More": digest.More{}, "Revision": digest.Revision{},
		"Check": requestlog.Check{}, "Try": requestlog.Try{}, "Rewritten": requestlog.Rewritten{}, "DebugRequest": admin.DebugRequest{}, "DebugAnswer": admin.DebugAnswer{},
		"CacheFigures": admin.CacheFigures{}, "CachedRoute": admin.CachedRoute{}, "CacheClear": admin.CacheClear{}, "CacheCleared": admin.CacheCleared{},
		"Judgement": admin.Judgement{}, "JudgedCall": admin.JudgedCall{}, "Unjudged": admin.Unjudged{},
	}
	for name, of := range types {
		want := jsonNames(reflect.TypeOf(of))
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(d.Components.Schemas[name].Properties))); diff != "" {
			t.Errorf("%s: -code +docs/openapi.yaml\n%s", name, diff)
		}
	}
	for name := range d.Components.Schemas {
		if _, known := types[name]; !known && name != "TokenRequest" && name != "KeysRequest" && !strings.HasPrefix(name, "Sandbox") { // the sandbox holds its own
			t.Errorf("nobody holds the schema %s against the code: name its type here", name)
		}
	}
}

func jsonNames(of reflect.Type) (names []string) {
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			names = append(names, jsonNames(f.Type)...)
		case name != "-":
			names = append(names, name)
		}
	}
	return names
}
