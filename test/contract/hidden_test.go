package contract

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

const hiding = `
upstreams: {up: "{{upstream}}"}
scopes: [read, r_ads]
products: {basic: [read], ads: [r_ads], other: []}
apps:
  - {name: demo, products: [basic]}
  - {name: advertiser, products: [basic, ads]}
  - {name: third, products: [other]}
quotas: {day: {app: 1000/day, member: 100/day}}
apis:
  - name: rest
    base: /rest
    version: {{version}}
    cors: {{cors}}
    routes:
      - {path: /adAccounts, methods: [GET, POST, BREW], scopes: [r_ads], products: [ads], restricted: true, hidden: true, quota: day}
      - {path: /adReports/**, scopes: [r_ads], products: [ads], restricted: true, hidden: true}
      - {path: "/organizations/{id}", methods: [GET], scopes: [read]}
`

// hidden and unknown are paths of one length: a restricted route, and nothing.
const (
	hiddenPath  = "/rest/adAccounts"
	unknownPath = "/rest/xyAccounts"
)

// TestHiddenIsUnknown: whoever lacks the product gets, for the hidden route, the answer of an unknown path, to the byte but for the echoed path.
func TestHiddenIsUnknown(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		for _, cors := range []string{"off", `{origins: ["https://app.example.com"]}`} {
			for _, version := range []string{"off", "{header: LinkedIn-Version, active: 12 months}"} {
				t.Run(profile+", cors "+cors+", version "+version, func(t *testing.T) {
					t.Parallel()
					hiddenMatrix(t, start(t, hiding, stage.Words{"profile": profile, "cors": cors, "version": version}, server.Options{}))
				})
			}
		}
	}
}

func hiddenMatrix(t *testing.T, h *house) {
	t.Helper()
	good := h.Mint("demo", "ada", 2*time.Hour, "read").Token
	credentials := map[string]string{
		"no token": "", "forged": "Authorization: Bearer " + good[:60] + "AAAA\r\n", "good": "Authorization: Bearer " + good + "\r\n",
		"expired":            "Authorization: Bearer " + h.Mint("demo", "exa", 30*time.Minute, "read").Token + "\r\n",
		"of the third app":   "Authorization: Bearer " + h.Mint("third", "ada", 2*time.Hour).Token + "\r\n",
		"of an app alone":    "Authorization: Bearer " + h.Mint("demo", "", 2*time.Hour, "read").Token + "\r\n",
		"in the URL":         "",
		"of an unknown kind": "Authorization: Basic eDp5\r\n",
	}
	versions := map[string]string{"none": "", "active": "LinkedIn-Version: 202601\r\n", "inactive": "LinkedIn-Version: 201901\r\n"}
	calls := map[string]string{
		"GET": "", "DELETE": "", "OPTIONS": "", "HEAD": "", "BREW": "", "get": "", "TRACE": "",
		"POST":      "Content-Length: 2\r\nContent-Type: application/json\r\n",
		"PUT":       "Expect: 100-continue\r\nContent-Length: 2\r\n",
		"preflight": "Origin: https://app.example.com\r\nAccess-Control-Request-Method: GET\r\n",
		"override":  "X-HTTP-Method-Override: GET\r\nContent-Length: 2\r\n",
		"chunked":   "Transfer-Encoding: chunked\r\n",
	}
	bodies := map[string]string{"POST": "{}", "override": "{}", "chunked": "0\r\n\r\n"}
	methods := map[string]string{"preflight": "OPTIONS", "override": "POST", "chunked": "POST"}
	for credential, token := range credentials {
		for version, sent := range versions {
			for call, fields := range calls {
				method := call
				if as := methods[call]; as != "" {
					method = as
				}
				ask := func(path string) string {
					if credential == "in the URL" {
						path += "?access_token=" + good
					}
					return h.only(t, method, method+" "+path+" HTTP/1.1\r\nHost: api\r\n"+token+sent+fields+"\r\n"+bodies[call])
				}
				secret, nothing := ask(hiddenPath), ask(unknownPath)
				if diff := cmp.Diff(strings.ReplaceAll(nothing, "xyAccounts", "adAccounts"), secret); diff != "" {
					t.Errorf("%s %s, version %s (-unknown +hidden):\n%s", credential, call, version, diff)
				}
				if strings.Contains(secret, "RateLimit") {
					t.Errorf("%s %s, version %s: the limits of a hidden route are told:\n%s", credential, call, version, secret)
				}
			}
		}
	}
	if calls := h.up.Calls(); len(calls) > 0 {
		t.Errorf("%d calls to hidden and unknown paths reached the upstream: %q", len(calls), calls[0].Bytes)
	}
	allowed := h.Mint("advertiser", "ada", 2*time.Hour, "r_ads").Token
	hiddenMethods(t, h, map[string]string{good: "501", allowed: "405"})
	if got := h.only(t, "GET", "GET "+hiddenPath+" HTTP/1.1\r\nHost: api\r\nLinkedIn-Version: 202601\r\nAuthorization: Bearer "+allowed+"\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
		t.Errorf("an app that has the product: %q", got)
	}
}

// hiddenMethods: that a hidden route takes a method, by its list or by having none, is told on a path that everybody may see to nobody whom it is hidden from.
func hiddenMethods(t *testing.T, h *house, want map[string]string) {
	t.Helper()
	for token, status := range want {
		for _, method := range []string{"BREW", "STIR", "get"} {
			got := h.only(t, method, method+" /rest/organizations/1 HTTP/1.1\r\nHost: api\r\nLinkedIn-Version: 202601\r\nAuthorization: Bearer "+token+"\r\n\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 "+status+" ") {
				t.Errorf("%s on a path that all may see, want %s: %q", method, status, got)
			}
		}
	}
}

// only sends a call on a connection of its own and reads its answer.
func (h *house) only(t *testing.T, method, call string) string {
	t.Helper()
	c := h.dial(t, "plain")
	defer c.Close()
	c.Send(call)
	a, err := c.Answer(method == "HEAD")
	if err != nil {
		t.Errorf("%v behind %q", err, a.Raw)
	}
	return a.Raw
}
