package admission_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// FuzzAuthorization: whatever stands in Authorization and in the query, nobody is let in who has not sent a token that was minted, and every refusal is one of
// those that a credential can meet.
func FuzzAuthorization(f *testing.F) {
	s := stageOf(f, -1, apis())
	minted := s.token(good)
	for _, k := range kinds {
		if _, value, found := strings.Cut(s.words(k.request), "Authorization: "); found {
			value, _, _ = strings.Cut(value, "\r")
			f.Add(value, "")
		}
	}
	for _, seed := range [][2]string{
		{"", ""},
		{"Bearer", ""},
		{"Bearer ", "access_token"},
		{"\tBearer\t" + minted, ""},
		{"Bearer " + minted + ",", ""},
		{"Bearer\x00" + minted, ""},
		{"", "access_token=" + minted},
		{"", "a&oauth2_access_token=" + minted + "&b"},
		{"", "access_token=x&access_token=" + minted},
		{"", "%61ccess_token=" + minted},
		{"", "access_token%3d" + minted},
		{"", "access_token==" + minted},
		{"Bearer " + minted, "access_token=" + minted},
		{"Bearer " + minted[:70], ""},
		{"Bearer " + s.words("{refresh}"), ""},
		{"Bearer " + s.words("{foreign}"), ""},
		{"bearer " + strings.ToUpper(minted), ""},
		{"Bearer Bearer " + minted, ""},
	} {
		f.Add(seed[0], seed[1])
	}
	met := map[problem.Type]bool{
		problem.AmbiguousCredentials: true, problem.UnknownAuthScheme: true, problem.TokenInURL: true, problem.EmptyAccessToken: true,
		problem.InvalidAccessToken: true, problem.ExpiredAccessToken: true, problem.RevokedAccessToken: true, problem.RestrictedMember: true,
		problem.MalformedRequest: true, problem.URITooLong: true, problem.HeadersTooLarge: true, problem.InvalidURL: true, problem.HTTPVersion: true,
		problem.NotImplemented: true, problem.ExpectationFailed: true, problem.AppDisabled: true,
	}
	f.Fuzz(func(t *testing.T, value, query string) {
		if strings.ContainsAny(value, "\r\n") || strings.ContainsAny(query, " \r\n") {
			return // that is another head
		}
		for _, path := range []string{"/v2/any", "/v2/linked", "/v2/feed"} {
			request := head("GET " + path + "?" + query)
			if value != "" {
				request = head("GET "+path+"?"+query, "Authorization: "+value)
			}
			c := &s.call
			c.Head.Reset()
			fault := http1.ParseRequest([]byte(request), s.Heads, c.Head)
			c.Begin(s.Policy)
			c.At, c.Peer.Addr = noon*1e9, netip.IPv4Unspecified()
			verdict := admission.Refuses
			if fault.Kind != http1.OK {
				admission.FromFault(&c.Problem, fault, []byte(request), s.Heads)
			} else if verdict = c.Admit(); verdict == admission.Waits {
				_ = c.Fetch(t.Context())
				verdict = c.Admit()
			}
			c.Done(admission.Sent)
			checkAuthorization(t, s, c, verdict, path, value, query)
			if verdict == admission.Refuses && !met[c.Problem.Type] {
				t.Errorf("%s, %q, %q: %s", path, value, query, c.Problem.Type)
			}
		}
	})
}

func checkAuthorization(t *testing.T, s *stage, c *admission.Call, v admission.Verdict, path, value, query string) {
	t.Helper()
	if v != admission.Forwards {
		if c.Caller.Known() && c.Problem.Type != problem.AppDisabled {
			t.Errorf("%s, %q, %q: refused, and an identity is left", path, value, query)
		}
		return
	}
	if !c.Caller.Known() {
		if path != "/v2/feed" || value != "" {
			t.Errorf("%s, %q, %q: let in without a credential", path, value, query)
		}
		return
	}
	sent := strings.Contains(value, s.token(c.Caller.Grant.ID)) || path == "/v2/linked" && strings.Contains(query, s.token(c.Caller.Grant.ID))
	if !sent {
		t.Errorf("%s, %q, %q: let in as the holder of grant %d, whose token was not sent", path, value, query, c.Caller.Grant.ID)
	}
	if left := query[:c.InQuery.Off] + query[c.InQuery.End:]; strings.Contains(left, "access_token="+s.token(c.Caller.Grant.ID)) {
		t.Errorf("%q is left of the query", left)
	}
}
