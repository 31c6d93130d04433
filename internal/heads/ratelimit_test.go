package heads

import "testing"

func TestRemaining(t *testing.T) {
	for in, want := range map[string]int64{
		"":                           1 << 60,
		`"a"`:                        1 << 60,
		`"a";r=5`:                    5,
		`"a";r=0;t=1`:                0,
		`"a";t=1;r=17`:               17,
		`"a"; t=1;  r=17`:            17,
		`"a";r=17, "b";r=3`:          3,
		`"a";r=3, "b";r=17`:          3,
		`"a";q=9;rr=2`:               1 << 60,
		`"a";r=`:                     1 << 60,
		`"a";r=x`:                    1 << 60,
		`"a;r=1";r=2`:                2,
		`"a\";r=1";r=2`:              2,
		`"a";r=99999999999999999999`: 1 << 60,
		`"a";r=5;w="x`:               5,
		"\"a\";\tr=5":                1 << 60, // a parameter is led by spaces alone
		`"a";r=-1`:                   1 << 60,
		`limit=100, remaining=7`:     1 << 60, // an earlier draft
	} {
		if got := remaining([]byte(in)); got != want {
			t.Errorf("remaining(%s) = %d, want %d", in, got, want)
		}
	}
}
