package token

import (
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// Opened is what a genuine token says, whatever has become of it.
type Opened struct {
	Key    uint16         // that it was signed with
	Grant  access.GrantID // of a Code the id of what is kept of it
	ID     ID             // of a Refresh what tells its generation
	Issued int64          // unix seconds
	Ends   int64          // unix seconds: the first at which it is not good
}

// Open proves a token of one kind at now (unix ns) and tells what it says; of anything else why it is none, and where. It asks nobody: what is kept of the
// token, and whether it has ended, is for the caller to judge. So neither what was never issued nor what was altered reaches a store.
func (k *Keyring) Open(kind Kind, cred []byte, now int64, s *Scratch) (o Opened, why Why, at int) {
	if why, at = kind.shape(cred); why != NoFault {
		return o, why, at
	}
	f, why := s.open(k.set.Load(), kind, cred, now)
	if why != NoFault {
		return o, why, 0
	}
	if f.issued*int64(time.Second)-int64(Leeway) > now {
		return o, FromTheFuture, 0
	}
	return Opened{Key: f.key, Grant: f.grant, ID: f.id, Issued: f.issued, Ends: f.ends()}, NoFault, 0
}
