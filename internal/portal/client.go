package portal

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	patience    = 10 * time.Second // with each answer of the provider
	altogether  = 20 * time.Second // with all that it is asked for one sign-in: people wait
	maxDocument = 1 << 20          // bytes of it
)

var errTooLong = fmt.Errorf("the answer is longer than %d KiB", maxDocument>>10)

// newClient makes a client for the provider, which follows no redirects: what we send there is for nobody else.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       patience,
		Transport:     bounded{&http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxConnsPerHost: 16, IdleConnTimeout: time.Minute}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("it redirects, which is not followed") },
	}
}

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

// Read is io.Reader's.
func (d *document) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p[:min(len(p), d.left+1)])
	if d.left -= n; d.left < 0 {
		return 0, errTooLong
	}
	return n, err
}
