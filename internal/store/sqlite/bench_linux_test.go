package sqlite

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

// BenchmarkCheckpoint is what a second's counts cost: cpu-µs is the CPU time of the whole checkpoint, the disk's time apart, stretch-µs the longest time between
// two rests, of the round that other programs disturbed least; the last stretch, which ends with the disk, is left out.
func BenchmarkCheckpoint(b *testing.B) {
	for _, members := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			s, err := Open(b.Context(), b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var begun time.Time
			var longest []time.Duration
			l := quota.New(quota.Options{Rest: func() {
				longest[len(longest)-1] = max(longest[len(longest)-1], time.Since(begun))
				begun = time.Now()
			}})
			set := l.Set("people", []quota.Limit{{Key: quota.Member, Window: quota.Day, N: quota.MaxN}}, nil)
			now := storetest.Noon.UnixNano()
			var cpu time.Duration
			var r quota.Result
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				for m := range members {
					l.Take(set, 1, access.MemberID(m+1), now, &r)
				}
				longest = append(longest, 0)
				before := threadTime()
				begun = time.Now()
				b.StartTimer()
				if err := l.Checkpoint(b.Context(), s, now); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				cpu += threadTime() - before
				b.StartTimer()
			}
			b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(slices.Min(longest).Nanoseconds())/1e3, "stretch-µs")
		})
	}
}

// threadTime is the CPU time of this thread, user and system.
func threadTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
