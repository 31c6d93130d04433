package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// bounded ends every answer with an error where it is longer than maxDocument.
type bounded struct{ *http.Transport }

// RoundTrip asks.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &document{answer.Body, maxDocument}
	return answer, nil
}

// document is a body of which so many bytes may still come.
type document struct {
	io.ReadCloser
	left int
}

var errTooLong = fmt.Errorf("the document is longer than %d KiB", maxDocument>>10)

// Read reads.
func (d *document) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p[:min(len(p), d.left+1)])
	if d.left -= n; d.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// read asks and returns the body of a 200.
func (i *Issuer) read(r *http.Request) ([]byte, error) {
	answer, err := i.client.Do(r)
	if err != nil {
		return nil, plain(r, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	switch {
	case answer.StatusCode != http.StatusOK:
		return nil, &statusError{place(r.URL), answer.StatusCode}
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", place(r.URL), err)
	}
	return body, nil
}

// plain is what failed, without the query or the user that a URL may hold.
func plain(r *http.Request, err error) error {
	if of, ok := errors.AsType[*url.Error](err); ok {
		err = of.Err
	}
	return fmt.Errorf("ask %s: %w", place(r.URL), err)
}

// statusError is an answer that says no.
type statusError struct {
	at     string
	status int
}

// Error says it.
func (e *statusError) Error() string { return fmt.Sprintf("%s answered %d", e.at, e.status) }

// discover finds out where the issuer's keys are: OpenID Connect Discovery 1.0 §4 first, then RFC 8414 §3.
func (i *Issuer) discover(ctx context.Context) (keysURL string, err error) {
	keysURL, err = i.metadata(ctx, strings.TrimSuffix(i.spec.Issuer, "/")+"/.well-known/openid-configuration")
	if _, said := errors.AsType[*statusError](err); !said {
		return keysURL, err
	}
	u, bad := url.Parse(i.spec.Issuer)
	if bad != nil {
		return "", bad
	}
	u.Path, u.RawPath = "/.well-known/oauth-authorization-server"+strings.TrimSuffix(u.Path, "/"), ""
	keysURL, again := i.metadata(ctx, u.String())
	if again != nil {
		return "", fmt.Errorf("%w; %w", err, again)
	}
	return keysURL, nil
}

// metadata reads one document, which must be the issuer's own.
func (i *Issuer) metadata(ctx context.Context, at string) (keysURL string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "application/json")
	body, err := i.read(r)
	if err != nil {
		return "", err
	}
	var said struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	switch err = json.Unmarshal(body, &said); {
	case err != nil:
		return "", fmt.Errorf("%s is no metadata: %w", at, err)
	case said.Issuer != i.spec.Issuer:
		return "", fmt.Errorf("%s is of the issuer %s%s", at, beside(said.Issuer, i.spec.Issuer), slash(said.Issuer, i.spec.Issuer))
	case said.Keys == "":
		return "", fmt.Errorf("%s has no jwks_uri", at)
	}
	if fault := URLFault(withoutQuery(said.Keys)); fault != "" {
		return "", fmt.Errorf("the jwks_uri %s of %s %s", quoted(said.Keys), at, fault)
	}
	return said.Keys, nil
}

// withoutQuery is a URL before its query: that of keys may have one.
func withoutQuery(s string) string {
	before, _, _ := strings.Cut(s, "?")
	return before
}

// beside puts what came beside what was expected.
func beside(got string, expected ...string) string {
	all := make([]string, len(expected))
	for n, e := range expected {
		all[n] = quoted(e)
	}
	return quoted(got) + ", expected " + strings.Join(all, " or ")
}

// slash names the usual cause where two differ by it.
func slash(got string, expected ...string) string {
	for _, e := range expected {
		if got != e && strings.TrimSuffix(got, "/") == strings.TrimSuffix(e, "/") {
			return " (they differ by the slash at the end)"
		}
	}
	return ""
}

// quoted makes any text safe to show in one line, and short.
func quoted(s string) string {
	const most = 160
	if len(s) > most {
		s = s[:most]
		for !utf8.ValidString(s) && s != "" && len(s) > most-utf8.UTFMax {
			s = s[:len(s)-1]
		}
		s += "…"
	}
	return fmt.Sprintf("%q", s)
}
