package token

import (
	"encoding/binary"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// CodesKept is how long a code is kept beyond its end, so that one that was used is known again.
const CodesKept = 24 * time.Hour

// How much is kept at most: of codes of an app and a member, and of lines of a grant, the latest. Whoever signs in again and again fills no disk.
const (
	MostCodes  = 100
	MostLines  = 200
	MostOfCode = 200 // access tokens of one code, that are taken back where it is used again
)

// LineToken is the ID of a line's refresh token of a generation.
func LineToken(line access.LineID, generation uint32) (id ID) {
	binary.BigEndian.PutUint64(id[:], uint64(line))
	binary.BigEndian.PutUint32(id[8:], generation)
	return id
}

// LineOf takes the ID of a refresh token apart.
func LineOf(id ID) (line access.LineID, generation uint32) {
	return access.LineID(binary.BigEndian.Uint64(id[:])), binary.BigEndian.Uint32(id[8:])
}

// CodeChange is what is to become of a code that was shown. The zero value leaves all as it is.
type CodeChange struct {
	Failed bool    // it counts as one failure
	Recall bool    // what it gave is taken back: tokens and line
	Redeem *Redeem // it is used
}

// Redeem uses a code up for a grant.
type Redeem struct {
	Spec  GrantSpec
	Token RevokedToken // the access token that it gives, should it have to be taken back
	Line  *access.Line // that it begins; nil none
}

// LineChange is what is to become of a line, of which a token was shown. The zero value leaves all as it is.
type LineChange struct {
	Advance uint32        // the generation that is the latest from now on; 0: as before
	Revoke  access.Reason // why its grant dies
	Token   RevokedToken  // the access token that it gives; zero: none
}

// Exchanged is what came of an exchange, for the verifier.
type Exchanged struct {
	Granted  // of a code that was redeemed; else empty
	Recalled []RevokedToken
	Revoked  access.GrantID // a grant that died of it; 0 none
	Reason   access.Reason
}
