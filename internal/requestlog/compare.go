package requestlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/changes"
)

// The kinds of notes in which is kept what calls that went well looked like.
const (
	noteGood = "good"
	noteSalt = "good.salt"
)

// compared compares calls that failed with those that went well. It belongs to the log's goroutine.
type compared struct {
	memory *changes.Memory
	salt   []byte
}

// ready reads what is kept, once; salt is for a store that has none. A store that knows nothing of this, since it was begun anew, is told all of it with the next save.
func (k *compared) ready(ctx context.Context, from Store, salt []byte) error {
	salts, err := from.Notes(ctx, noteSalt)
	if err != nil {
		return err
	}
	known := salts[noteSalt]
	switch {
	case k.memory != nil && bytes.Equal(known, k.salt):
		return nil
	case k.memory != nil:
		salt = k.salt
	case known != nil:
		salt = known
	}
	if !bytes.Equal(known, salt) {
		if err = from.SaveNotes(ctx, noteSalt, maps.All(map[string][]byte{noteSalt: salt})); err != nil {
			return err
		}
	}
	if k.memory != nil {
		k.memory.Unsettle()
		return nil
	}
	notes, err := from.Notes(ctx, noteGood)
	if err != nil {
		return err
	}
	k.memory, k.salt = changes.New(changes.Options{Salt: salt}), salt
	k.read(notes)
	return nil
}

// read takes up notes, the one used longest ago first. What cannot be read is of another program, and is written anew.
func (k *compared) read(notes map[string][]byte) {
	keys := make([]string, 0, len(notes))
	for key, value := range notes {
		if len(key) == noteKey && len(value) > noteUsed {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return slices.Compare(notes[a][:noteUsed], notes[b][:noteUsed]) })
	for _, key := range keys {
		_ = k.memory.Import(keyOf(key), notes[key][noteUsed:])
	}
}

// save writes what is new.
func (k *compared) save(ctx context.Context, to Store) error {
	if k.memory == nil {
		return nil
	}
	if err := to.SaveNotes(ctx, noteGood, k.notes()); err != nil {
		return err
	}
	k.memory.Settled()
	return nil
}

func (k *compared) notes() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for s := range k.memory.Export() {
			var value []byte
			if s.Text != nil {
				value = append(binary.BigEndian.AppendUint64(nil, uint64(s.Used)), s.Text...)
			}
			if !yield(noteOf(s.Key), value) {
				return
			}
		}
	}
}

// The bytes of a note's key, and of the time before its text.
const (
	noteKey  = 17
	noteUsed = 8
)

func noteOf(k changes.Key) string {
	b := binary.BigEndian.AppendUint64([]byte{byte(k.Kind)}, k.Who)
	return string(binary.BigEndian.AppendUint64(b, k.Route))
}

func keyOf(note string) changes.Key {
	b := []byte(note)
	return changes.Key{Kind: changes.WhoKind(b[0]), Who: binary.BigEndian.Uint64(b[1:]), Route: binary.BigEndian.Uint64(b[9:])}
}

// forget removes what is known of an app's calls, of members nothing is, and then their records, with which the store overwrites what is gone.
func (k *compared) forget(ctx context.Context, from Store, app, member string) (gone int, err error) {
	if app != "" {
		who := k.memory.Key(changes.App, app, "").Who
		k.memory.Forget(func(key changes.Key) bool { return key.Kind == changes.App && key.Who == who })
		if err := k.save(ctx, from); err != nil {
			return 0, err
		}
	}
	return from.Forget(ctx, app, member)
}

// good notes what a call looked like that went well.
func (k *compared) good(c *Call, o *Options, as Addresses) {
	f, now := factsOf(c, o.Products), c.Entry.Time/int64(time.Second)
	route := f.Method + " " + c.Entry.Route
	for _, key := range keysOf(k.memory, c, f, as) {
		k.memory.Good(key, f, now)
	}
	if c.App != "" { // a call of the network whose token is left out has this to be compared with
		for _, key := range networkKeys(k.memory, f, route, as) {
			k.memory.Good(key, f, now)
		}
	}
}

// failed says in the record what is otherwise than in calls that went well.
func (k *compared) failed(c *Call, r *Record, o *Options, as Addresses) {
	f, now := factsOf(c, o.Products), c.Entry.Time/int64(time.Second)
	found := k.memory.Failed(keysOf(k.memory, c, f, as), problemOf(c), r.Status, f, now)
	if found.Recurs > 0 {
		r.Recurs = &Recurs{Times: found.Recurs, AtLeast: c.held, Since: unix(found.Since), LastGood: unix(found.LastGood), Few: found.Few}
	}
	shared := found.By != changes.App // the good calls may be another's
	told := false
	r.Changed = differences(found.Changed, now, shared, &told)
	r.Also = differences(found.Also, now, shared, &told)
}

// problemOf is of what the call failed, or would have.
func problemOf(c *Call) string {
	if len(c.Entry.Would) > 0 && c.Entry.Problem == "" {
		return c.Entry.Would[0].Problem
	}
	return c.Entry.Problem
}

// differences are told an operator as they are, and a developer in the words that are for them: not at all where others' calls may be meant, and of the inside of the
// API only once that it has changed, which told keeps in mind.
func differences(all []changes.Difference, now int64, shared bool, told *bool) (out []Difference) {
	for _, d := range all {
		one := Difference{Feature: d.Feature.String(), Name: d.Name, Was: d.Was, Is: d.Is, Since: unix(d.Since), Text: sentence(d, now)}
		switch {
		case shared, d.Inside() && *told:
		case d.Inside():
			*told = true
			one.Told = sentence(changes.Difference{Feature: changes.Configuration, Kind: changes.Changed, Since: d.Since}, now)
		default:
			one.Told = one.Text
		}
		out = append(out, one)
	}
	return out
}

func sentence(d changes.Difference, now int64) string {
	return string(changes.Finding{Changed: []changes.Difference{d}}.Append(nil, now))
}
