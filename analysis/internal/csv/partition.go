package csv

import (
	"context"
	"runtime"
)

// A Partition is a part of a file that is read on its own: whole records.
type Partition struct {
	Path       string
	Start, End int64 // offsets in the file; the first one's Start is 0 and takes in the header
	Rows       int64 // records, without the header
}

// Partitions says how the files divide into partitions of about limit bytes, in
// file order. A file's partitions are equally long, as far as records allow, except
// the last: limit bytes, or half the file's size rounded up if that is less, so
// that there are at least two where the file has records enough. A record belongs
// to the partition in which it begins. Partitions without any byte are left out.
func Partitions(ctx context.Context, paths []string, limit int64) ([]Partition, error) {
	sources, release, err := openAll(paths)
	if err != nil {
		return nil, err
	}
	defer release()
	var partitions []Partition
	for _, s := range sources {
		size := (len(s.data) + 1) / 2
		if limit > 0 && limit < int64(size) {
			size = int(limit)
		}
		some, err := s.partitions(ctx, size)
		if err := changedOr([]*source{s}, err); err != nil {
			return nil, err
		}
		partitions = append(partitions, some...)
	}
	return partitions, nil
}

// partitions divides the file at the first record at or after each multiple of
// size. Within a partition it is cut further, so that all cores count.
func (s *source) partitions(ctx context.Context, size int) ([]Partition, error) {
	cuts := []int{s.body}
	for at := 0; at < len(s.data); at += size {
		for cut := at; cut < min(at+size, len(s.data)); cut += blockSize {
			if cut > s.body {
				cuts = append(cuts, cut)
			}
		}
	}
	if s.body == len(s.data) {
		cuts = nil
	}
	blocks, err := s.scan(ctx, runtime.GOMAXPROCS(0), cuts)
	if err != nil {
		return nil, err
	}
	list := []Partition{{Path: s.path, End: int64(s.body)}}
	next := size // the cut that ends the last partition
	for _, b := range blocks {
		last := &list[len(list)-1]
		if b.start >= next && b.start > s.body {
			list = append(list, Partition{Path: s.path, Start: int64(b.start)})
			last = &list[len(list)-1]
			next = (b.start/size + 1) * size
		}
		last.Rows += int64(b.rows)
		last.End = int64(b.end)
	}
	return list, nil
}
