package account

// How many sessions are kept; beyond that the one that ends first makes room. So a flood costs neither the disk nor those who have signed in.
const (
	MostAnonymous = 10_000 // of nobody: of those who are about to sign in
	MostSessions  = 50     // of one account
)

// Session is what is kept of a browser that is signed in or about to be.
type Session struct {
	Hash    [32]byte // SHA-256 of the secret in its cookie, which is not kept
	Account ID       // 0: nobody yet
	Data    []byte
	Ends    int64 // unix seconds
}
