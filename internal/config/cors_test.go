package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
)

func TestCORS(t *testing.T) {
	const api = "upstreams: {people: \"http://10.0.0.5:9000\"}\napis:\n  - {credentials: public, routes: [/**], cors: {origins: [\"https://a.example\"], "
	const nobody = `credentials: true would let every web site act for whoever visits it; list the origins in place of "*"`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"all of it":             {api + "credentials: true, expose: [Link, X-Total], methods: [\"*\"], headers: [\"*\"], max_age: 0s}}\n", nil},
		"no truth":              {api + "credentials: yes please}}\n", []string{`3:94: expected true or false, not "yes please"`}},
		"no name":               {api + "expose: [\"X Y\"]}}\n", []string{`3:90: "X Y" is not a valid header name`}},
		"every origin":          {strings.Replace(api, "https://a.example", "*", 1) + "credentials: true}}\n", []string{`3:48: ` + nobody}},
		"null":                  {strings.Replace(api, "https://a.example", "null", 1) + "credentials: true}}\n", []string{`3:48: credentials: true would let every web site act for whoever visits it, since a sandboxed frame of any site has the origin "null"; leave "null" out`}},
		"every field":           {api + "expose: [\"*\"], credentials: true}}\n", []string{`3:48: expose: ["*"] means nothing to a script that sends credentials (Fetch standard); list the headers`}},
		"a listener's":          {least + "listeners: [{address: \":1\", cors: {origins: [\"*\"], credentials: true}}]\n", []string{`4:35: ` + nobody}},
		"a slash at the end":    {strings.Replace(api, "a.example", "a.example/", 1) + "}}\n", []string{`3:59: "https://a.example/" is not a valid origin: browsers send it without the slash at the end: https://a.example`}},
		"its own port":          {strings.Replace(api, "a.example", "a.example:443", 1) + "}}\n", []string{`3:59: "https://a.example:443" is not a valid origin: browsers leave out the port that https has anyway: https://a.example`}},
		"a pattern":             {strings.Replace(api, "a.example", "*.example", 1) + "}}\n", []string{`3:59: "https://*.example" is not a valid origin: origins are compared whole, so list each one, or say * alone`}},
		"a rule that is none":   {"upstreams: {people: \"http://10.0.0.5:9000\"}\napis:\n  - {preflight: allow, routes: [/**]}\n", []string{`3:17: expected refuse or pass, not "allow"`}},
		"an app's own protocol": {strings.Replace(api, "https://a.example", "capacitor://localhost", 1) + "}}\n", nil},
	} {
		if diff := cmp.Diff(c.want, mistakesOf(t, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestPreflightWarning: an API that asks for a token either says how scripts may call it, or that they may not.
func TestPreflightWarning(t *testing.T) {
	const warns = `scripts of other origins cannot call the API "people": the preflights of its protected routes are refused. ` +
		`Say which origins may with cors:, or preflight: pass if the API answers preflights itself; preflight: refuse if this is meant`
	const unread = `under preflight: pass scripts of other origins cannot read what Candor itself refuses (401, 403, 429 and the like): their browser reports a network error in its place. ` +
		`To let them, write cors: {origins: ["https://app.example.com"]} with the origins of your pages here; Candor then answers preflights too`
	for name, c := range map[string]struct {
		api  string
		want []string
		rule route.PreflightRule
	}{
		"nothing said":             {"routes: [/**]", []string{warns}, route.RefusePreflights},
		"cors off":                 {"cors: off, routes: [/**]", []string{warns}, route.RefusePreflights},
		"one route of many":        {"credentials: public, routes: [/**, {path: /me, credentials: bearer}]", []string{warns}, route.RefusePreflights},
		"cors":                     {"cors: {origins: [\"https://a.example\"]}, routes: [/**]", nil, route.RefusePreflights},
		"the API answers":          {"preflight: pass, routes: [/**]", []string{unread}, route.PassPreflights},
		"for one route of many":    {"credentials: public, preflight: pass, routes: [/**, {path: /me, credentials: bearer}]", []string{unread}, route.PassPreflights},
		"a token is judged":        {"credentials: optional, preflight: pass, routes: [/**]", []string{unread}, route.PassPreflights},
		"nothing is judged":        {"credentials: public, preflight: pass, routes: [/**]", nil, route.PassPreflights},
		"it is meant":              {"preflight: refuse, routes: [/**]", nil, route.RefusePreflights},
		"public":                   {"credentials: public, routes: [/**]", nil, route.RefusePreflights},
		"a token, but only if one": {"credentials: optional, routes: [/**]", nil, route.RefusePreflights},
	} {
		cfg, err := Parse("candor.yaml", []byte("upstreams: {people: \"http://10.0.0.5:9000\"}\napps: [{name: a}]\napis:\n  - {"+c.api+"}\n"), testEnv)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []string
		for _, w := range cfg.Warnings {
			if strings.Contains(w.Text, "preflight") {
				got = append(got, w.Text)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if cfg.APIs[0].Preflight != c.rule {
			t.Errorf("%s: the rule is %d", name, cfg.APIs[0].Preflight)
		}
	}
}
