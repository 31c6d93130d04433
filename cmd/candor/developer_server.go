package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// The bounds of asking a www: an answer of one record is far smaller, and comes at once.
const (
	answerMax  = 1 << 20
	answerWait = 30 * time.Second
)

// keyBegins is how every developer key does; nothing else is sent to where --server says.
const keyBegins = "cdr_dk_"

// developerServer is a www at which a developer looks up calls.
type developerServer struct {
	url  *url.URL
	key  string
	http *http.Client
}

// developerServer is the one of a URL, with the key of the environment.
func (p *program) developerServer(at string) (*developerServer, error) {
	u, err := url.Parse(at)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, mistake("--server takes the URL at which developers sign in, as in https://developers.example.com; got %s", shownURL(at))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, mistake("--server takes a URL without user, ? or #; the key is read from CANDOR_KEY")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, mistake("--server http://%s would send the key unencrypted; say https", u.Host)
	}
	key, _ := p.env("CANDOR_KEY")
	switch {
	case key == "":
		return nil, mistake("--server needs a developer key in CANDOR_KEY; the operator of the API makes one: candor developer key create EMAIL")
	case !strings.HasPrefix(key, keyBegins) || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, mistake("CANDOR_KEY has no developer key, which begins with %s; it was sent nowhere", keyBegins)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key goes nowhere else
	return &developerServer{url: u, key: key, http: &http.Client{Timeout: answerWait, CheckRedirect: stay}}, nil
}

// shownURL is what was given, without what could be a password in it.
func shownURL(at string) string {
	if strings.Contains(at, "@") {
		return "one with an @"
	}
	return fmt.Sprintf("%q", at)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Request is what the developer may know of a call.
func (d *developerServer) Request(ctx context.Context, id string) (*requestlog.Record, error) {
	of, ok := callid.Parse(id)
	if !ok {
		return nil, mistake("%q is no id of a call", id)
	}
	r := &requestlog.Record{}
	if err := d.get(ctx, r, "v1/requests", of.String()); err != nil {
		return nil, err
	}
	if r.RequestID == "" {
		return nil, d.noRecord()
	}
	r.ID = of
	return r, nil
}

// JudgeRequest is what would become of the call now.
func (d *developerServer) JudgeRequest(ctx context.Context, id string) (told admin.Judgement, err error) {
	of, ok := callid.Parse(id)
	if !ok {
		return told, mistake("%q is no id of a call", id)
	}
	return told, d.get(ctx, &told, "v1/requests", of.String(), "judge")
}

// get reads what the server has at a path.
func (d *developerServer) get(ctx context.Context, into any, path ...string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url.JoinPath(path...).String(), nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", d.url.Host, err)
	}
	req.Header.Set("Authorization", "Bearer "+d.key)
	req.Header.Set("Accept", "application/json")
	resp, err := d.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w; look at the address and at the network, then repeat it", d.url.Host, withoutURL(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", d.url.Host, err)
	}
	if resp.StatusCode != http.StatusOK {
		return d.refused(resp, body)
	}
	if json.Unmarshal(body, into) != nil {
		return d.noRecord()
	}
	return nil
}

// noRecord says that something else answered.
func (d *developerServer) noRecord() error {
	return fmt.Errorf("%s answered with no record of a call: --server takes the URL at which developers sign in, not that of the API", d.url.Host)
}

// withoutURL is the error alone: the URL is said, and what its id belongs to is nobody's business in a log.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// errNoRecord says that an instance has no record of an id.
type errNoRecord struct{ text string }

func (e *errNoRecord) Error() string { return e.text }

// refused says why there is no record in the answer. What the server says of it is repeated, without what a terminal would obey.
func (d *developerServer) refused(resp *http.Response, body []byte) error {
	var said struct {
		Message string `json:"message"`
		Detail  string `json:"detail"` // RFC 9457 §3.1.4
	}
	why := ""
	if json.Unmarshal(body, &said) == nil && said.Message+said.Detail != "" {
		why = ": " + strings.TrimSuffix(plain(cmp.Or(said.Message, said.Detail)), ".")
	}
	switch status := resp.StatusCode; {
	case status == 401:
		return &exitError{exitMistake, fmt.Errorf("candor: %s does not take the key in CANDOR_KEY%s; ask the operator of the API for another: candor developer key create EMAIL", d.url.Host, why)}
	case status == 404:
		return &errNoRecord{d.url.Host + " has no record of this id: the call is too old, or was only counted since it went well or was one of many that failed in its second, or it is of an app that you do not own, or it never came there"}
	case status == 429:
		return fmt.Errorf("%s takes no more look-ups for the moment%s; wait %s seconds", d.url.Host, why, plain(resp.Header.Get("Retry-After")))
	case status/100 == 3:
		return fmt.Errorf("%s leads elsewhere, and the key was not sent on: give --server the URL itself", d.url.Host)
	}
	return fmt.Errorf("%s answered %d%s", d.url.Host, resp.StatusCode, why)
}

// plain is a text of somebody else's on one line, cut.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 300 {
		return string(r[:299]) + "…"
	}
	return s
}
