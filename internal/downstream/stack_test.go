//go:build !race && linux && (amd64 || arm64)

package downstream

// mostStack is what an idle connection may hold of stack: the smallest that there is, and a share of the hands'.
const mostStack = 3 << 10
