package visible_test

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/visible"
)

func ExampleText() {
	for _, value := range []string{"high", "high ", "", "sshd\x1b[2K", "invoice\u202efdp.exe"} {
		fmt.Println(visible.Text(value))
	}
	// Output:
	// high
	// high␣
	// ""
	// sshd\x1b[2K
	// invoice\u202efdp.exe
}

func ExampleLines() {
	fmt.Println(visible.Lines("first line\r\nsecond\x1b[2K line"))
	// Output:
	// first line
	// second\x1b[2K line
}
