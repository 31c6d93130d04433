package cache

import (
	"sync"
	"testing"
	"testing/synctest"
)

func TestFlights(t *testing.T) {
	k, other := Key{Target: ID{1}}, Key{Target: ID{1}, Who: ID{2}}
	e := &Entry{}
	for _, test := range []struct {
		name string
		land *Entry
	}{{"it brought an answer", e}, {"it brought none", nil}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var f Flights
				first, leads := f.Join(k)
				if !leads {
					t.Fatal("the first does not lead")
				}
				if _, leads := f.Join(other); !leads {
					t.Fatal("somebody else waits for it")
				}
				got := make(chan *Entry, 3)
				for range 3 {
					second, leads := f.Join(k)
					if leads || second != first {
						t.Fatal("the second leads, too")
					}
					go func() {
						<-second.Over()
						got <- second.Entry()
					}()
				}
				synctest.Wait()
				if len(got) > 0 {
					t.Fatal("somebody did not wait")
				}
				f.Land(first, test.land)
				f.Land(first, nil) // does nothing
				for range 3 {
					if one := <-got; one != test.land {
						t.Errorf("got %p, want %p", one, test.land)
					}
				}
				if _, leads := f.Join(k); !leads {
					t.Error("who comes later does not begin anew")
				}
			})
		})
	}
}

// TestOneLeadsAtATime is for the race detector.
func TestOneLeadsAtATime(t *testing.T) {
	var f Flights
	var wg sync.WaitGroup
	leading := 0 // by who leads alone
	for range 8 {
		wg.Go(func() {
			for range 500 {
				flight, leads := f.Join(Key{})
				if !leads {
					<-flight.Over()
					continue
				}
				leading++
				f.Land(flight, &Entry{})
			}
		})
	}
	wg.Wait()
	if leading == 0 {
		t.Error("nobody led")
	}
}
