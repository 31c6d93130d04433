//go:build linux

package main

import (
	"bytes"
	"slices"
)

// work is one kind of call, measured at several numbers of connections.
type work struct {
	name    string
	what    string
	tls     bool
	request []byte
	status  string
	conns   []int
	beside  []string // who else does it
}

// head is the start of every request: seven fields with Authorization and Host.
func head(start string) []byte {
	return []byte(start + " HTTP/1.1\r\n" +
		"Host: api.example.com\r\n" +
		"User-Agent: bench/1\r\n" +
		"Accept: */*\r\n" +
		"Accept-Encoding: identity\r\n" +
		"Accept-Language: en\r\n" +
		"X-Client: 7\r\n")
}

// works are the calls, with a token that every proxy knows.
func works(token string) []work {
	authorized := []byte("Authorization: Bearer " + token + "\r\n\r\n")
	closed := slices.Concat(head("GET /v1/closed"), []byte("\r\n"))
	small := slices.Concat(head("GET /v1/1k"), authorized)
	large := slices.Concat(head("PUT /v1/1m"),
		[]byte("Content-Type: application/octet-stream\r\nContent-Length: 1048576\r\n"), authorized, bytes.Repeat([]byte("u"), megabyte))
	many := []int{1, 8, 64, 256}
	return []work{
		{
			name: "refuse", what: "refuse with 401: id, whole body, access log",
			request: closed, status: "401", conns: many, beside: []string{twin, nginx, haproxy},
		},
		{
			name: "full", what: "token, quotas, ids, access log, forward 1 KB",
			request: small, status: "200", conns: many, beside: []string{twin, nginx, haproxy, reverse},
		},
		{
			name: "tls", what: "the same over TLS 1.3, kept connections",
			tls: true, request: small, status: "200", conns: many, beside: []string{twin, nginx, haproxy, reverse},
		},
		{
			name: "1mb", what: "forward 1 MB both ways",
			request: large, status: "200", conns: []int{8}, beside: []string{twin, nginx, haproxy, reverse},
		},
	}
}

// askHead asks the upstream for the head that has reached it.
func askHead(token string) []byte {
	return slices.Concat(head("GET /v1/head"), []byte("Authorization: Bearer "+token+"\r\n\r\n"))
}
