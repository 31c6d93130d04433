package server

import (
	"sync"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/problem"
)

// wordCounts are how often each of a few things has happened, by a word of ours: never what somebody sent.
type wordCounts struct {
	mu sync.Mutex
	of map[string]int64
}

func (c *wordCounts) add(word string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[string]int64{}
	}
	c.of[word]++
}

func (c *wordCounts) get(word string) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(c.of[word])
}

// oauthCounts are those of an authorization server and of the sign-in. Calls to APIs do not come by here.
type oauthCounts struct {
	issued  wordCounts // tokens, by grant_type
	codes   wordCounts // under one word
	failed  wordCounts // by the name of the cause
	signIns wordCounts // by what came of them
}

const oneCode = "code"

// The outcomes of a sign-in.
const (
	signedIn     = "signed_in"
	signInFailed = "unavailable"
)

// signInOutcomes say what came of a sign-in by what the log calls it.
var signInOutcomes = map[string]string{
	"wrong_password": "wrong_password", "too_many_attempts": "delayed", "too_busy": "busy", "member_restricted": "restricted", "account_taken": "provider",
	"provider_unreachable": "provider", "provider_declined": "provider", "provider_wrong_answer": "provider", "provider_refused": "provider",
}

// signInWords are all of them.
var signInWords = []string{signedIn, "wrong_password", "delayed", "busy", "restricted", "provider", signInFailed}

// signInPaths are those at which somebody signs in.
var signInPaths = map[string]bool{"www/sign_in": true, "www/sign_in_provider": true, "www/sign_in_callback": true}

// count counts what came of a visit once that is certain: what is not sent has not happened.
func (c *oauthCounts) count(v *visit) {
	if v.oauth != "" {
		c.failed.add(v.oauth)
	}
	if v.path == nil || !signInPaths[v.path.name] {
		return
	}
	word := signInOutcomes[v.oauth]
	switch {
	case v.problem != nil && v.problem.Type == problem.ServiceUnavailable:
		word = signInFailed
	case v.signedIn:
		word = signedIn
	case word == "":
		return
	}
	c.signIns.add(word)
}

// oauthNumbers are those without labels.
func (s *Server) oauthNumbers() []admin.Number {
	c := &s.counted
	return []admin.Number{
		{Name: "candor_oauth_codes_issued_total", Help: "Authorization codes that were issued.", Total: true, Value: func() float64 { return c.codes.get(oneCode) }},
		{Name: "candor_passwords_hashing", Help: "Passwords that are being hashed, each on a core and in 19 MiB.", Value: func() float64 { busy, _ := s.passwords.Load(); return float64(busy) }},
		{Name: "candor_passwords_waiting", Help: "Passwords that wait to be hashed.", Value: func() float64 { _, waiting := s.passwords.Load(); return float64(waiting) }},
		{Name: "candor_passwords_hashed_total", Help: "Passwords that were hashed, those of accounts that there are not included.", Total: true, Value: func() float64 { return float64(s.passwords.Done()) }},
	}
}

func (s *Server) oauthFamilies() []admin.Family {
	c := &s.counted
	return []admin.Family{
		c.issued.family("candor_oauth_tokens_issued_total", "Answers with tokens of the authorization server, by grant type.", "grant_type",
			[]string{oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials}),
		c.failed.family("candor_oauth_failures_total", "Requests to the authorization server that failed, by cause.", "cause", causeNames()),
		c.signIns.family("candor_sign_ins_total", "Sign-ins, by what came of them.", "outcome", signInWords),
	}
}

// family is the counts of these words, also of what never happened.
func (c *wordCounts) family(name, help, label string, words []string) admin.Family {
	return admin.Family{Name: name, Help: help, Labels: []string{label}, Total: true, Each: func(yield func([]string, float64)) {
		for _, word := range words {
			yield([]string{word}, c.get(word))
		}
	}}
}

func causeNames() (all []string) {
	for _, c := range problem.OAuthCauses() {
		all = append(all, c.Name())
	}
	return all
}
