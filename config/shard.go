package config

import (
	"fmt"
	"hash/fnv"
)

// Shard is the part of the appliances in a file that one of several exporters watches, so that
// they can share the file. Each appliance is in one shard of a total. The zero value is the one
// shard of one.
type Shard struct{ index, others int }

// NewShard returns the shard with an index from 0 on, of so many in total.
func NewShard(index, total int) (Shard, error) {
	switch {
	case total < 1:
		return Shard{}, fmt.Errorf("%d shards in total will not do: give 1 or more", total)
	case index < 0 || index >= total:
		return Shard{}, fmt.Errorf("there is no shard %d of %d: they are counted from 0 to %d", index, total, total-1)
	}
	return Shard{index, total - 1}, nil
}

// Index returns which shard this is, from 0 on.
func (s Shard) Index() int { return s.index }

// Total returns how many shards there are.
func (s Shard) Total() int { return s.others + 1 }

// Of returns the index of the shard that an appliance is in, by the name of its pair, or else by
// its own: the jump consistent hash of its FNV-1a hash, as kube-state-metrics has it. A pair is
// not torn apart, since what lives through a failover is counted once only where one exporter
// watches both. Where a shard is added, few appliances move, and those that do move to it.
func (s Shard) Of(appliance Appliance) int {
	name := appliance.Pair()
	if name == "" {
		name = appliance.Name()
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(name)) // a hash takes everything
	return int(jump(hash.Sum64(), int64(s.Total())))
}

// jump is the jump consistent hash (Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash
// Algorithm", 2014).
func jump(key uint64, buckets int64) int64 {
	var bucket, next int64
	for next < buckets {
		bucket = next
		key = key*2862933555777941757 + 1
		next = int64(float64(bucket+1) * (float64(1<<31) / float64(key>>33+1)))
	}
	return bucket
}
