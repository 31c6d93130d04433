package cache

import (
	"encoding/binary"
	"sync"
)

// index knows for whom there are answers of a target, so that all of them can be dropped. The keys of answers for everybody are not in it: a target has one.
type index struct{ shards [64]indexShard }

type indexShard struct {
	mu   sync.Mutex
	keys map[ID]map[ID]struct{} // by target, by who
}

func (x *index) shard(target ID) *indexShard {
	return &x.shards[binary.LittleEndian.Uint64(target[:])%uint64(len(x.shards))]
}

func (x *index) add(k Key) {
	s := x.shard(k.Target)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[ID]map[ID]struct{}{}
	}
	if s.keys[k.Target] == nil {
		s.keys[k.Target] = map[ID]struct{}{}
	}
	s.keys[k.Target][k.Who] = struct{}{}
}

func (x *index) remove(k Key) {
	s := x.shard(k.Target)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys[k.Target], k.Who)
	if len(s.keys[k.Target]) == 0 {
		delete(s.keys, k.Target)
	}
}

// of are the keys of a target.
func (x *index) of(target ID) (keys []Key) {
	s := x.shard(target)
	s.mu.Lock()
	defer s.mu.Unlock()
	for who := range s.keys[target] {
		keys = append(keys, Key{target, who})
	}
	return keys
}
