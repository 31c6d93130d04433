//go:build race && linux && (amd64 || arm64)

package downstream

// mostStack: under the race detector frames are larger.
const mostStack = 9 << 10
