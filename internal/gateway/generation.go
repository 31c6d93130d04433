package gateway

// Generation is one state of the configuration.
type Generation struct {
	Number int     // they are counted from 1 on, over restarts too; 0: it is not known
	At     int64   // unix ns: when it was taken
	Hash   [8]byte // how the SHA-256 of its file begins; zero: it came from none
}
