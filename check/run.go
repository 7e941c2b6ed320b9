package check

import (
	"context"
	"sync"
	"time"
)

const (
	// DefaultStateTimeout is the time for the full copy where Options name none. It is more
	// than a large desk needs over a slow line, and as long as anybody waits in front of a
	// terminal.
	DefaultStateTimeout = time.Minute

	// parallel is how many appliances are checked at the same time.
	parallel = 8

	// maxSteps is more than the steps of an appliance, so that those of one can wait for those
	// of another to be shown.
	maxSteps = 32
)

// Options say how a check goes about it.
type Options struct {
	// StateTimeout bounds the subscription to the real-time state, from its connection to the
	// full copy. Zero is DefaultStateTimeout.
	StateTimeout time.Duration

	// Progress is told of each step as soon as it and all before it are known, in the order of
	// the report, by one goroutine. Nil is nobody.
	Progress func(appliance string, step Step)
}

// Run checks the appliances, several at the same time, and returns when all of it has ended. It
// changes nothing on them. When the context ends, what was not tried by then counts as failed.
func Run(ctx context.Context, appliances []Appliance, options Options) Report {
	if options.StateTimeout <= 0 {
		options.StateTimeout = DefaultStateTimeout
	}
	if options.Progress == nil {
		options.Progress = func(string, Step) {}
	}
	report := Report{Results: make([]Result, len(appliances))}
	steps := make([]chan Step, len(appliances))
	for n := range steps {
		steps[n] = make(chan Step, maxSteps)
	}

	met := new(pairs)
	var group sync.WaitGroup
	group.Go(func() {
		slots := make(chan struct{}, parallel)
		for n, appliance := range appliances {
			slots <- struct{}{}
			group.Go(func() {
				defer func() { <-slots }()
				defer close(steps[n])
				i := &inspection{appliance: appliance, pairs: met, stateTimeout: options.StateTimeout}
				i.run(ctx, func(s Step) { steps[n] <- s })
				report.Results[n].Facts = i.facts
			})
		}
	})
	for n, appliance := range appliances {
		result := &report.Results[n]
		result.Appliance = printable(appliance.Name)
		if u := appliance.Client.URL; u != nil {
			result.URL = printable(u.Redacted())
		}
		for step := range steps[n] {
			result.Steps = append(result.Steps, step)
			options.Progress(result.Appliance, step)
		}
	}
	group.Wait()
	return report
}
