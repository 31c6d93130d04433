package retry_test

import (
	"fmt"
	"time"

	"github.com/candor-gateway/candor/retry"
)

// Who has made a call itself asks what its answer advises: a 429 says that the call was turned away, and a 502 says nothing of what was done before it.
func ExampleDecide() {
	after, _ := retry.ParseAfter("7", time.Now())
	fmt.Println(retry.Decide("POST", 429, retry.Unknown, after, 1))
	fmt.Println(retry.Decide("POST", 502, retry.Unknown, 0, 1))
	fmt.Println(retry.Decide("GET", 502, retry.Unknown, 0, 1))
	// Output:
	// {true 7s}
	// {false 0s}
	// {true 200ms}
}

// Who passes on a call for another asks for proof, and takes each further attempt from a budget. Here the first two attempts are answered with 503.
func ExamplePolicy_Judge() {
	policy, budget := retry.Usual(), &retry.Budget{}
	statuses := []int{503, 503, 200}
	send := func(attempt int) int { return statuses[attempt-1] }

	var elapsed time.Duration // by a clock, where time passes
	budget.Count(int64(elapsed))
	for attempt := 1; ; attempt++ {
		failed := retry.Failed{Of: retry.OfStatus(send(attempt)), Safe: policy.Idempotent.May("GET", false)}
		wait, why := policy.Judge(failed, attempt, elapsed, 40_000_000) // a random number
		if why == retry.Again && !budget.Take(int64(elapsed)) {
			why = retry.OverBudget
		}
		fmt.Println(attempt, why, wait)
		if why != retry.Again {
			break
		}
		elapsed += wait
	}
	// Output:
	// 1 again 40ms
	// 2 again 40ms
	// 3 not_asked 0s
}
