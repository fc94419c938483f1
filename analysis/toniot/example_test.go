package toniot_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/stophacking/kelpie/analysis/toniot"
)

func ExampleGenerate() {
	dir, err := os.MkdirTemp("", "toniot")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := toniot.Generate(context.Background(), toniot.Generation{Dir: dir, Seed: 1, Scale: 0.001})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range s.Files {
		fmt.Println(f.Name, f.Rows)
	}
	// Output:
	// linux_process_1.csv 1000
	// linux_process_2.csv 927
	// linux_memory_1.csv 1000
	// linux_memory_2.csv 1000
}

func ExampleOrigin_String() {
	fmt.Println(toniot.Origin{Path: "linux_process_1.csv", Kind: toniot.SyntheticOrigin, Seed: 1, Scale: 1})
	// Output: synthetic stand-in (seed 1, scale 1), not TON_IoT data
}
