package testkit

import (
	"net"
	"testing"
)

// Nowhere is an address that nobody can be dialled at. Its port is none that the system hands out, as one that was listened on and given back is: to another
// listener, or to the very connection that is to be refused.
const Nowhere = "127.0.0.1:9"

// loopback is where tests listen: no other machine can reach them there.
func loopback() *net.TCPAddr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// Listen listens on a free port of loopback, at the longest until the test ends.
func Listen(tb testing.TB) *net.TCPListener {
	tb.Helper()
	l, err := net.ListenTCP("tcp", loopback())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l
}

// FreeAddress is an address of loopback on which nothing listens, for a program that is told where to listen. Where nothing is to listen it is Nowhere that
// is wanted: this one may soon be another's.
func FreeAddress() (string, error) {
	l, err := net.ListenTCP("tcp", loopback())
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Pair is both ends of a connection over loopback. They are closed when the test ends, if nobody did so before.
func Pair(tb testing.TB) (server, client *net.TCPConn) {
	tb.Helper()
	l := Listen(tb)
	defer l.Close()
	client, err := net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	if server, err = l.AcceptTCP(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close() })
	return server, client
}
