package route

import "sync"

// Numbers is the append-only registry of the numbers by which routes are counted: a name keeps its number over reloads. Numbers begin at 1; 0 is no
// route. The zero value is empty; it is safe for concurrent use.
type Numbers struct {
	mu     sync.RWMutex
	names  []string
	number map[string]uint32
}

// Number is the name's number, the next one if it is new.
func (n *Numbers) Number(name string) uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if known := n.number[name]; known != 0 {
		return known
	}
	if n.number == nil {
		n.number = make(map[string]uint32)
	}
	n.names = append(n.names, name)
	n.number[name] = uint32(len(n.names))
	return n.number[name]
}

// Rename gives the number of a name to another, which has none yet. It does nothing where the first has none.
func (n *Numbers) Rename(from, to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	number := n.number[from]
	if number == 0 {
		return
	}
	delete(n.number, from)
	n.number[to], n.names[number-1] = number, to
}

// Name is the name of that number, "" if there is none.
func (n *Numbers) Name(number uint32) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if number == 0 || int(number) > len(n.names) {
		return ""
	}
	return n.names[number-1]
}
