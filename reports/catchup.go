package reports

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// catchUp reads one source up to now, in as many windows as it takes.
func (p *poller) catchUp(ctx context.Context, src source, all []source, info appliance.APIInfo, now int64) error {
	granted, denied := info.Grants(src.report)
	if denied {
		return fmt.Errorf("%w by get_api_info", errDenied)
	}
	for {
		b := p.book.clone()
		b.Counted[src.report] = b.Counted[src.report].clone()
		s := b.Streams[src.key]
		if s == nil {
			begin := p.beginning()
			s = &stream{Start: begin, Cursor: begin}
			b.Streams[src.key] = s
		}
		w := s.window(src.overlap, now, p.progress[src.key])
		in := newIntake(b, src, s, w)
		err := src.read(ctx, p.config.Client, src.window(w), in)
		switch {
		case err == nil:
			if missed := w.from - max(s.Cursor, s.Searched); missed > 0 {
				p.logger.Warn("Not reading further back than seven days, what was before is not counted",
					"report", src.report, "missed", time.Duration(missed)*time.Second)
			}
			s.Cursor, s.Searched, s.Answered = max(s.Cursor, w.until), 0, true
			b.forget(src.report, all, now)
			p.publish(b)
			p.tellOdd(src.report, in.odd)
			p.shown(src, in.open)
			if w.until >= now {
				delete(p.progress, src.key)
				return nil
			}
		case errors.Is(err, appliance.KindAnswer) && (granted || b.answered(src.report, all)):
			// It may mean something else than that nothing was found, so the cursor stays.
			p.tellEmpty(src.report, err)
			p.searched(src, *s, w.until)
			delete(p.progress, src.key)
			p.shown(src, nil)
			return nil
		case errors.Is(err, appliance.KindPermission) && !ambiguous(err):
			return fmt.Errorf("%w: %w", errDenied, err)
		default:
			if p.shorten(src, w, s.Cursor, err) && errors.Is(err, appliance.KindTooLarge) {
				continue
			}
			return err
		}
	}
}

// seek looks for sessions that only an event says the end of, among all that began within a day. The
// appliance may still be about to write the end of those that ended within the last hour. What it
// does not find, because the report of a day is too large, say, is found when the day is over.
func (p *poller) seek(ctx context.Context, src source, now int64) {
	s := p.book.Streams[src.key]
	until := now - seconds(src.overlap)
	if s == nil || until <= s.Start || !p.sought.IsZero() && time.Since(p.sought) < seekInterval {
		return
	}
	p.sought = time.Now()
	src.ahead = 0
	w := span{from: until, until: until}
	b := p.book.clone()
	b.Counted[src.report] = b.Counted[src.report].clone()
	if err := src.read(ctx, p.config.Client, src.window(w), newIntake(b, src, s, w)); err != nil {
		p.logger.Debug("Cannot look for sessions that only an event says the end of", "report", src.report, "err", err)
		return
	}
	p.publish(b)
}

// searched takes note of up to when an <error> was an empty answer.
func (p *poller) searched(src source, s stream, until int64) {
	b := p.book.clone()
	s.Searched = until
	b.Streams[src.key] = &s
	p.publish(b)
}

// shorten makes the next window shorter where the report was too large or took too long, and
// reports whether it could.
func (p *poller) shorten(src source, w span, cursor int64, err error) bool {
	if !errors.Is(err, appliance.KindTooLarge) && !errors.Is(err, appliance.KindTimeout) {
		return false
	}
	progress := max((w.until-max(cursor, w.from))/2, seconds(leastProgress))
	if before := p.progress[src.key]; before > 0 && progress >= before {
		return false
	}
	p.progress[src.key] = progress
	return true
}

// shown takes over the sessions that are open, where the source shows them.
func (p *poller) shown(src source, now map[string]uint64) {
	if src.earlier == 0 || src.ahead != 0 {
		return
	}
	open := maps.Clone(p.groups)
	for group, n := range now {
		if _, known := p.groups[group]; !known && len(p.groups) >= maxValues {
			group = other
		}
		p.groups[group] = 0
		open[group] += n
	}
	p.setOpen(open)
}
