package route

// Names are all names; that of number n stands at n-1.
func (n *Numbers) Names() []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]string(nil), n.names...)
}

// Public reports whether every route of every API is public, so that even a call that no API can be found for needs no credential.
func (t *Table) Public() bool { return t.least.Need == Public }
