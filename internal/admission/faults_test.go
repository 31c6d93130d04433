package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// TestEveryFaultHasARow: no fault of the codec, and no finding of the verifier, is without a problem.
func TestEveryFaultHasARow(t *testing.T) {
	for k := http1.Incomplete; k < http1.KindCount; k++ {
		row := &faults[k]
		if row.of == problem.None || row.detail != problem.NoDetail && row.detail.Type() != row.of && row.of != problem.UpstreamInvalid {
			t.Errorf("%s: %s, of which %s is no cause", k, row.of, row.detail)
		}
	}
	if len(whys) != int(token.FromTheFuture)+1 {
		t.Errorf("%d findings of the verifier have a row, want %d", len(whys), token.FromTheFuture+1)
	}
	for why, d := range whys {
		if token.Why(why) != token.NoFault && d.Type() != problem.InvalidAccessToken {
			t.Errorf("%s: %s is no cause of invalid_access_token", token.Why(why), d)
		}
	}
}

// TestFaultsNameTheirLimit: who hits a limit is told which, and how much it is.
func TestFaultsNameTheirLimit(t *testing.T) {
	lim := http1.Limits{RequestLine: 1, Head: 2, Fields: 3, ChunkLine: 4, Trailers: 5}
	got := map[http1.Kind]int64{}
	for _, k := range []http1.Kind{http1.URITooLong, http1.HeadTooLarge, http1.TooManyFields, http1.TrailersTooLarge} {
		var p problem.Problem
		FromFault(&p, http1.Fault{Kind: k}, nil, &lim)
		got[k] = p.Limit
	}
	if diff := cmp.Diff(map[http1.Kind]int64{http1.URITooLong: 1, http1.HeadTooLarge: 2, http1.TooManyFields: 3, http1.TrailersTooLarge: 5}, got); diff != "" {
		t.Error(diff)
	}
}
