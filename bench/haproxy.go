//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// haproxyConfig does the work with haproxy's means: a map of tokens, one stick
// counter for the app and one for the member. Its log cannot be buffered: it is
// written line by line.
const haproxyConfig = `global
	nbthread %[1]d
	maxconn %[11]d
	ulimit-n %[12]d
	log stdout format raw local0
	ssl-default-bind-options prefer-client-ciphers
defaults
	mode http
	log global
	timeout client 600s
	timeout server 600s
	timeout connect 3s
	timeout http-keep-alive 600s
	option http-keep-alive
	option dontlognull
	http-reuse always
	log-format '{"time":"%%tr","id":"%%ID","api":"bench","status":%%ST,"app":"%%[var(txn.app)]","client":"%%ci","method":"%%HM","target":"%%HU","version":"%%HV","in":%%U,"out":%%B,"us":{"connect":%%Tc,"first_byte":%%Tr,"done":%%Ta},"upstream":"%%si:%%sp","route":"small","by":"upstream","member":"ada","listener":"%%fi:%%fp"}'
	unique-id-format %%[uuid()]
frontend bench
	bind %[2]s
	bind %[3]s ssl crt %[4]s ssl-min-ver TLSv1.3
	http-request return status 401 content-type %[5]s lf-file %[6]s %[7]s if { path /v1/closed }
	http-request set-var(txn.app) req.hdr(authorization),field(2,' '),map_str(%[8]s)
	http-request deny deny_status 401 unless { var(txn.app) -m found }
	http-request track-sc0 var(txn.app)
	http-request track-sc1 req.hdr(authorization) table members
	http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1000000000 } || { sc_http_req_rate(1,members) gt 1000000000 }
	stick-table type string len 64 size 1k expire 1d store http_req_rate(1d)
%[9]s	default_backend bench
backend members
	stick-table type string len 128 size 1k expire 1d store http_req_rate(1d)
backend bench
	server bench %[10]s maxconn 10000 pool-max-conn 1024
`

// startHaproxy starts haproxy with one thread a core.
func (s *site) startHaproxy(ctx context.Context) (*proxy, error) {
	p := &proxy{}
	var err error
	if p.plain, p.tls, err = addresses(); err != nil {
		return nil, err
	}
	if p.log, err = newAccessLog(s.path("haproxy.log")); err != nil {
		return nil, err
	}
	p.log.loses = s.cores > 1
	config, err := s.haproxyFiles(p)
	if err != nil {
		return nil, err
	}
	program, err := find("haproxy")
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, p, launch{name: haproxy, args: []string{program, "-f", config}, stdout: p.log.file})
}

func (s *site) haproxyFiles(p *proxy) (config string, err error) {
	pair, err := concatenated(s.cert, s.key)
	if err != nil {
		return "", err
	}
	config = s.path("haproxy.cfg")
	text := fmt.Sprintf(haproxyConfig, s.cores, p.plain, p.tls, s.path("haproxy.pem"), s.haproxyType(), s.path("haproxy.body"),
		s.haproxyRefusal(), s.path("haproxy.map"), s.haproxyFields(), s.upstream,
		s.haproxyConns(), s.files)
	for name, content := range map[string]string{
		config:                 text,
		s.path("haproxy.pem"):  pair,
		s.path("haproxy.body"): haproxyIDs(s.model.refusal.body),
		s.path("haproxy.map"):  s.token + " bench\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	return config, nil
}

// haproxyConns is how many connections haproxy can be set to hold: it keeps two
// files for each.
func (s *site) haproxyConns() int { return min(s.connections, s.files/2-100) }

func concatenated(files ...string) (text string, err error) {
	for _, name := range files {
		b, err := os.ReadFile(name) //nolint:gosec // in our own folder
		if err != nil {
			return "", err
		}
		text += string(b)
	}
	return text, nil
}

func (s *site) haproxyType() string {
	for _, f := range s.model.refusal.fields {
		if f.name == "Content-Type" {
			return haproxyQuoted(f.value)
		}
	}
	return "text/plain"
}

// haproxyRefusal is the fields of Candor's refusal, but for the type.
func (s *site) haproxyRefusal() string {
	var out strings.Builder
	for _, f := range s.model.refusal.without(message{}) {
		if f.name != "Content-Type" {
			fmt.Fprintf(&out, "hdr %s %s ", f.name, haproxyQuoted(haproxyIDs(f.value)))
		}
	}
	return out.String()
}

// haproxyFields adds to requests and answers what Candor adds.
func (s *site) haproxyFields() string {
	var out strings.Builder
	for _, f := range s.model.answer {
		fmt.Fprintf(&out, "\thttp-response set-header %s %s\n", f.name, haproxyQuoted(haproxyIDs(f.value)))
	}
	for _, f := range s.model.request {
		fmt.Fprintf(&out, "\thttp-request set-header %s %s\n", f.name, haproxyQuoted(haproxyIDs(f.value)))
	}
	for _, name := range s.model.dropped {
		fmt.Fprintf(&out, "\thttp-request del-header %s\n", name)
	}
	return out.String()
}

func haproxyIDs(text string) string {
	return uuid.ReplaceAllString(strings.ReplaceAll(text, "%", "%%"), "%[unique-id]")
}

func haproxyQuoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
