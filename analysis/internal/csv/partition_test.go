package csv_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

func TestPartitions(t *testing.T) {
	paths := write(t,
		"a,b\n1,2\n3,4\n5,6\n7,8\n", // 20 bytes
		"a\n\"x\ny\"\n\"z\n\n\n\n\"\nv\n",
		"a,b\n",
		"a\nv\nw")
	a, b, c, d := paths[0], paths[1], paths[2], paths[3]
	tests := []struct {
		limit int64
		want  []csv.Partition
	}{
		{1 << 20, []csv.Partition{{a, 0, 12, 2}, {a, 12, 20, 2}, {b, 0, 16, 2}, {b, 16, 18, 1}, {c, 0, 4, 0}, {d, 0, 4, 1}, {d, 4, 5, 1}}},
		{8, []csv.Partition{{a, 0, 8, 1}, {a, 8, 16, 2}, {a, 16, 20, 1}, {b, 0, 8, 1}, {b, 8, 16, 1}, {b, 16, 18, 1}, {c, 0, 4, 0}, {d, 0, 4, 1}, {d, 4, 5, 1}}},
	}
	for _, test := range tests {
		for _, size := range []int{1, 3, 1 << 20} {
			restore := csv.SetBlockSize(size)
			got, err := csv.Partitions(t.Context(), paths, test.limit)
			restore()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("limit %d, blocks of %d:\n got %v\nwant %v", test.limit, size, got, test.want)
			}
		}
	}
	if _, err := csv.Partitions(t.Context(), write(t, ""), 1); !errors.Is(err, csv.ErrEmpty) {
		t.Errorf("empty file: error %v, want %v", err, csv.ErrEmpty)
	}
}

// TestPartitionsRandom: partitions cover the file, are whole records, and hold the
// rows that Read finds in them.
func TestPartitionsRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 60 {
		text := random(r, 200, round%2 == 0)
		paths := write(t, text)
		limit := int64(20 + r.IntN(len(text)))
		restore := csv.SetBlockSize(1 + r.IntN(300))
		partitions, err := csv.Partitions(t.Context(), paths, limit)
		restore()
		if err != nil {
			t.Fatal(err)
		}
		if size := int64(len(text)+1) / 2; len(partitions) < 2 || partitions[0].End < min(limit, size) {
			t.Errorf("limit %d of %d bytes: %v", limit, len(text), partitions)
		}
		at, rows := int64(0), int64(0)
		for _, p := range partitions {
			if p.Start != at || p.End <= at {
				t.Fatalf("a gap or an overlap before %+v", p)
			}
			part := text[p.Start:p.End]
			if at > 0 {
				part = "i,l,f,b,s,t\n" + part
			}
			if err := os.WriteFile(paths[0]+"part", []byte(part), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := csv.Read(t.Context(), []string{paths[0] + "part"}, csv.Options{Fields: []csv.Field{{Name: "s", Type: column.String}}})
			if err != nil || int64(got.Batch.Len) != p.Rows {
				t.Fatalf("%+v has %v rows, %v", p, got, err)
			}
			at, rows = p.End, rows+p.Rows
		}
		if at != int64(len(text)) || rows != 200 {
			t.Errorf("%d of %d bytes, %d rows", at, len(text), rows)
		}
	}
}
