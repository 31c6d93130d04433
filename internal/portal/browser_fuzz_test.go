package portal

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/account"
)

// FuzzKnown: no cookie that we have not made makes a browser known, and none makes us fall over.
func FuzzKnown(f *testing.F) {
	s := New(Options{URL: &url.URL{Scheme: "http", Host: "localhost:8081"}, Key: [32]byte{7}})
	a := &account.Account{ID: 1}
	number := make([]byte, numberBytes)
	mark := s.markOf(number, a)
	own := base64.RawURLEncoding.EncodeToString(append(number[:numberBytes:numberBytes], mark...))
	for _, seed := range []string{"", own, own[:22], own + "AAAA", strings.Repeat("A", 200), "%", own[:40] + "=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r := &http.Request{Header: http.Header{"Cookie": {"candor_browser_8081=" + value}}}
		if !s.Known(r, a) {
			return
		}
		decoded, err := base64.RawURLEncoding.DecodeString(strings.Trim(value, `" `))
		if err != nil || !bytes.HasPrefix(decoded, number) || !bytes.Contains(decoded, mark) {
			t.Errorf("%q is known", value)
		}
	})
}
