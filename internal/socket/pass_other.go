//go:build !unix

package socket

import (
	"errors"
	"net"
	"os"
)

// errNoPassing says that processes cannot give each other sockets here.
var errNoPassing = errors.New("sockets cannot be handed over on this system")

// Pass cannot be done here.
func Pass(*net.UnixConn, []byte, []*net.TCPListener) error { return errNoPassing }

// Passed cannot be done here.
func Passed(*net.UnixConn, []byte) (int, []*os.File, error) { return 0, nil, errNoPassing }

// Adopt cannot be done here.
func Adopt(*os.File) (*net.TCPListener, error) { return nil, errNoPassing }

// Copy cannot be done here.
func Copy(*net.TCPListener) (*net.TCPListener, error) { return nil, errNoPassing }
