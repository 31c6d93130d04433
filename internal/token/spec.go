package token

import "time"

// Spec is what a configuration says of tokens.
type Spec struct {
	Keys string        // the directory of the keys, or "none"
	Life time.Duration // of an access token where nothing else is asked
}
