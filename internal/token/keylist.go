package token

import "time"

// KeyInfo is what may be told of a key.
type KeyInfo struct {
	ID      uint16
	Active  bool // it signs new tokens
	Created time.Time
	Until   time.Time // it verifies until then; zero: nobody knows yet
}

// List tells of all keys, the first one made first and the active one last.
func (k *Keyring) List() (all []KeyInfo) {
	s := k.set.Load()
	for i, key := range s.keys {
		info := KeyInfo{ID: key.id, Active: key == s.active, Created: key.created}
		if i+1 < len(s.keys) {
			info.Until = s.keys[i+1].created.Add(keepRetired)
		}
		all = append(all, info)
	}
	return all
}
