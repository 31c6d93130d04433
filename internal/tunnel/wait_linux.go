//go:build linux && (amd64 || arm64)

package tunnel

import "github.com/candor-gateway/candor/internal/socket"

// canWait: a socket can be waited for without a buffer to read into.
const canWait = true

func look(fd uintptr) (ready bool, err error) { return socket.Look(fd) }
