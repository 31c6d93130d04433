package access

// CodeID is what an authorization code names: what is kept of it.
type CodeID uint64

// Code is an authorization code as it is kept: who allowed what, to which app, and how the app is to show that it was it that asked.
type Code struct {
	ID            CodeID
	App           AppID
	Member        *Member
	Scopes        ScopeSet
	ScopeText     string
	RedirectURI   string // of the request that it answered, byte for byte
	Challenge     string // S256 (RFC 7636); "" where none was sent
	Nonce         string // for the id_token
	Authenticated int64  // unix seconds: when the member signed in
	Created, Ends int64  // unix seconds
	Used          int64  // unix seconds; 0: not yet
	Failures      int    // wrong redirect URIs and verifiers of the app that it was issued to
	Dead          Reason // why it is good no more though it was never used
	Line          LineID // of refresh tokens that it gave; 0 none
}

// MaxCodeFailures is how many failures use a code up.
const MaxCodeFailures = 5

// LineID numbers the refresh tokens that one code gave, generation by generation.
type LineID uint64

// Line is what is kept of them. Each generation has the issue and the end of the first: refreshing does not extend it.
type Line struct {
	ID           LineID
	Grant        GrantID
	Code         CodeID // that gave it
	Key          uint16 // that its tokens are signed with, whatever is rotated since
	Issued, Ends int64  // unix seconds
	Generation   uint32 // the latest one that was used, or the first
	Advanced     int64  // unix seconds: when that was first used
	Revoked      bool   // taken back alone, its grant left alive
}
