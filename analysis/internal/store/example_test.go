package store_test

import (
	"context"
	"fmt"
	"os"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

func ExampleStore_Batch() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for range 2 { // two processes, say
		s, err := store.Open(store.Options{Dir: dir})
		if err != nil {
			panic(err)
		}
		b, notes, err := s.Batch(context.Background(), "recipe-key", func() (*column.Batch, []byte, error) {
			fmt.Println("computing")
			pid := &column.Column{Name: "pid", Type: column.Int32, Len: 3, Int32s: []int32{1, 0, 3}, Nulls: 1, Valid: []byte{0b101}}
			return &column.Batch{Len: 3, Columns: []*column.Column{pid}}, []byte(`{"name":"process"}`), nil
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(b.Len, b.Column("pid").Value(1), b.Column("pid").Value(2), string(notes))
	}
	// Output:
	// computing
	// 3 <nil> 3 {"name":"process"}
	// 3 <nil> 3 {"name":"process"}
}
