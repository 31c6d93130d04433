package route

import (
	"testing"
	"time"
)

func at(date string) int64 {
	t, err := time.Parse("2006-01-02 15:04", date)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

func TestVersions(t *testing.T) {
	months := &VersionSpec{Header: "LinkedIn-Version", Months: 12}
	list := &VersionSpec{Header: "LinkedIn-Version", Active: []string{"202511", "202505", "202511"}, Status: 400}
	one := &VersionSpec{Header: "LinkedIn-Version", Months: 1}
	for _, c := range []struct {
		spec      *VersionSpec
		now, sent string
		want      VersionState
		active    string
	}{
		{months, "2025-11-30 23:59", "", VersionMissing, "202412 to 202511"},
		{months, "2025-11-30 23:59", "202511", VersionActive, "202412 to 202511"},
		{months, "2025-11-30 23:59", "202512", VersionInactive, "202412 to 202511"},
		{months, "2025-12-01 00:00", "202512", VersionActive, "202501 to 202512"},
		{months, "2025-11-30 23:59", "202412", VersionActive, "202412 to 202511"},
		{months, "2025-11-30 23:59", "202411", VersionInactive, "202412 to 202511"},
		{months, "2025-12-01 00:00", "202412", VersionInactive, "202501 to 202512"},
		{months, "2025-11-01 00:00", "20250601", VersionActive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "20250228", VersionActive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "20250229", VersionInactive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "20250600", VersionInactive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "202513", VersionInactive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "202500", VersionInactive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "2025-06", VersionInactive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "2025 6", VersionInactive, "202412 to 202511"},
		{months, "2025-11-01 00:00", "latest", VersionInactive, "202412 to 202511"},
		{months, "2024-03-01 00:00", "20240229", VersionActive, "202304 to 202403"},
		{list, "2031-01-01 00:00", "202505", VersionActive, "202505, 202511"},
		{list, "2031-01-01 00:00", "20251130", VersionActive, "202505, 202511"},
		{list, "2031-01-01 00:00", "202506", VersionInactive, "202505, 202511"},
		{one, "2025-01-01 00:00", "202501", VersionActive, "202501"},
		{one, "2025-01-01 00:00", "202412", VersionInactive, "202501"},
	} {
		v, err := newVersions(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		now := at(c.now)
		if got := v.Judge([]byte(c.sent), now); got != c.want {
			t.Errorf("%q on %s: %d, want %d", c.sent, c.now, got, c.want)
		}
		if got := v.Active(now); got != c.active || v.Active(now) != c.active {
			t.Errorf("active on %s: %q, want %q", c.now, got, c.active)
		}
	}
	v, err := newVersions(months)
	if err != nil || v.Status != 426 || v.Header != "LinkedIn-Version" {
		t.Errorf("%+v, %v", v, err)
	}
	if before, after := v.Active(at("2025-11-30 23:59")), v.Active(at("2025-12-01 00:00")); before == after {
		t.Errorf("the text stays %q when a month has passed", after)
	}
}

func TestVersionSpecsThatCannotBe(t *testing.T) {
	for want, spec := range map[string]VersionSpec{
		"the header of the version is missing, as in LinkedIn-Version":                                          {Months: 12},
		"1201 months cannot be active; expected 1 to 1200":                                                      {Header: "V", Months: 1201},
		`the active versions are missing or said twice; expected "12 months" or a list, as in [202510, 202511]`: {Header: "V"},
		"200 is not a valid status for a version that is not active; expected 400 to 499":                       {Header: "V", Months: 1, Status: 200},
		`"202513" is not a valid version: expected year and month, as in 202511`:                                {Header: "V", Active: []string{"202513"}},
	} {
		if _, err := newVersions(&spec); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
