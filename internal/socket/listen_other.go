//go:build !linux

package socket

import "net"

// Listening is how to listen. Accepting sets the options of each connection.
func Listening() *net.ListenConfig { return &net.ListenConfig{} }
