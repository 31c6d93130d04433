package accesslog

import "time"

// run is the writer: it alone writes, so whoever the other side keeps waiting
// is the writer and nobody else.
func (l *Log) run() {
	defer close(l.stopped)
	tick := time.NewTicker(flushAfter)
	defer tick.Stop()
	for {
		select {
		case <-l.wake:
		case <-tick.C:
		case done := <-l.flush:
			l.writeOut()
			close(done)
			continue
		case <-l.stop:
			l.writeOut()
			return
		}
		l.writeOut()
	}
}

// writeOut writes what there is, to the file that it was meant for.
func (l *Log) writeOut() {
	l.mu.Lock()
	l.active, l.spare = l.spare[:0], l.active
	dropped, t := l.missed, l.turn
	l.missed, l.turn = 0, nil
	l.inHand = countLines(l.spare)
	l.mu.Unlock()

	lines, lost := l.spare, uint64(0)
	if t != nil {
		lost += l.write(lines[:t.at])
		lines = lines[t.at:]
		l.take(t)
	}
	lost += l.write(lines)
	untold := dropped + lost
	if untold > 0 && l.write(l.missedLine(untold)) == 0 {
		untold = 0
	}
	l.settle(lost, untold)
}

// settle counts what a round of writing took, and says so where it ends a trouble.
func (l *Log) settle(lost, untold uint64) {
	l.mu.Lock()
	l.inHand = 0
	l.stats.Lost += lost
	over := l.troubled && !l.failing && l.missed == 0
	l.missed += untold
	missing := l.stats.Missing() - l.told
	if over {
		l.troubled = false
		l.told += missing
	}
	l.mu.Unlock()
	if over {
		l.options.Log.Info("the access log is written again", "lines_lost", missing)
	}
}

// write says how many lines a write that failed took with it: it is not tried
// again.
func (l *Log) write(b []byte) (lost uint64) {
	if len(b) == 0 {
		return 0
	}
	if l.midline { // a broken line must not spoil the next
		if _, err := l.out.Write([]byte{'\n'}); err != nil {
			l.report(err)
			return countLines(b)
		}
	}
	n, err := l.out.Write(b)
	l.midline = n > 0 && b[n-1] != '\n'
	l.report(err)
	return countLines(b[n:])
}

// report tells of the first failure of a row.
func (l *Log) report(err error) {
	l.failing = err != nil
	if err == nil {
		return
	}
	l.mu.Lock()
	l.stats.Errors++
	tell := !l.troubled && !l.left
	l.troubled = true
	l.mu.Unlock()
	if tell {
		l.options.Log.Error("cannot write the access log; calls are served, and their lines are lost until this is mended", "error", err)
	}
}
