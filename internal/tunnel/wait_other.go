//go:build !linux || (!amd64 && !arm64)

package tunnel

const canWait = false

func look(uintptr) (ready bool, err error) { return true, nil }
