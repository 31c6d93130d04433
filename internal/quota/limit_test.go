package quota

import "testing"

func TestParseLimit(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Limit
	}{
		{"5000/day", Limit{Window: Day, N: 5000}},
		{"20/s", Limit{Window: Second, N: 20}},
		{"100/min", Limit{Window: Minute, N: 100}},
		{"10/hour", Limit{Window: Hour, N: 10}},
		{" 1 / Second ", Limit{Window: Second, N: 1}},
		{"1000000000/d", Limit{Window: Day, N: MaxN}},
	} {
		got, err := ParseLimit(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParseLimit(%q) = %v, %v; want %v", c.in, got, err, c.want)
		}
	}
}

func TestParseLimitSaysWhatWasExpected(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `"" is not a valid limit: expected a number, a slash and a window, as in 5000/day or 20/s`},
		{"5000", `"5000" is not a valid limit: expected a number, a slash and a window, as in 5000/day or 20/s`},
		{"/day", `"/day" is not a valid limit: the number is missing; expected one before the slash, as in 5000/day`},
		{"many/day", `"many/day" is not a valid limit: "many" is not a whole number; expected digits alone, as in 5000/day`},
		{"-5/day", `"-5/day" is not a valid limit: "-5" is not a whole number; expected digits alone, as in 5000/day`},
		{"0/day", `"0/day" is not a valid limit: 0 is out of range; expected a number from 1 to 1000000000`},
		{"99999999999999999999/s", `"99999999999999999999/s" is not a valid limit: 99999999999999999999 is out of range; expected a number from 1 to 1000000000`},
		{"5/m", `"5/m" is not a valid limit: "m" is not a valid window; expected s, min, hour or day`},
		{"5/day/s", `"5/day/s" is not a valid limit: "day/s" is not a valid window; expected s, min, hour or day`},
	} {
		got, err := ParseLimit(c.in)
		if err == nil || err.Error() != c.want || got != (Limit{}) {
			t.Errorf("ParseLimit(%q)\n got %v, %v\nwant %s", c.in, got, err, c.want)
		}
	}
}

func TestLimitReadsBack(t *testing.T) {
	for w := range windows {
		want := Limit{Window: Window(w), N: 7}
		if got, err := ParseLimit(want.String()); err != nil || got != want {
			t.Errorf("ParseLimit(%q) = %v, %v", want, got, err)
		}
	}
}
