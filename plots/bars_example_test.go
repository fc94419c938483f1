package plots_test

import (
	"fmt"

	"github.com/stophacking/kelpie/plots"
)

// commands compares the commands of the two classes, in shares of each.
func commands() plots.Bars {
	return plots.Bars{
		Title:       "Attacks run few commands, and run them often",
		NamesLabel:  "command",
		ValuesLabel: "share of the class's rows",
		Names:       []string{"atop", "apache2", "compiz", "vsftpd", "mysqld", "nautilus"},
		Series: []plots.Series{
			{Name: "normal", Values: []float64{52100, 18400, 12100, 3100, 2500, 900}},
			{Name: "attack", Values: []float64{8100, 31800, 260, 14200, 40, 3}},
		},
		Shares: true,
		Alt:    "More than half of the attack rows belong to apache2, against a fifth of the normal ones.",
	}
}

func ExampleBars() {
	fmt.Println(commands())
	// Output:
	// More than half of the attack rows belong to apache2, against a fifth of the normal ones. Bar chart “Attacks run few commands, and run them often”: 6 names; normal from atop (58.5%) to nautilus (1.0%); attack from apache2 (58.5%) to nautilus (<0.1%).
}

// states compares the share of attacks by state of the process. Two states have few rows.
func states() plots.Bars {
	return plots.Bars{
		Title:       "Idle processes are attacked half as often as others",
		NamesLabel:  "state",
		ValuesLabel: "share of attack rows",
		Names:       []string{"S", "R", "D", "Z", "T", "I"},
		Values:      []float64{0.152, 0.171, 0.119, 0.2, 2. / 7, 0.081},
		N:           []float64{1512345, 301220, 812, 25, 7, 112034},
		Percent:     true,
		Reference:   plots.Reference{Name: "all rows", Value: 0.151},
		Caption:     "Synthetic data",
	}
}

func ExampleBars_shares() {
	fmt.Println(states())
	// Output:
	// Bar chart “Idle processes are attacked half as often as others”: 6 names; from R (17.1%, 17.0% to 17.2%, n = 301,220) to I (8.1%, 7.9% to 8.3%, n = 112,034); 2 bars of fewer than 30 rows; all rows 15.1%.
}

// shuffled draws permutation importances: the fields Names, Values and Deviations
// of ml.Importances are those of the figure.
func shuffled() plots.Bars {
	return plots.Bars{
		Title:       "The scheduling policy matters most",
		NamesLabel:  "column shuffled",
		ValuesLabel: "loss of AUC",
		Names:       []string{"POLI", "CMD", "CPU", "NICE", "Status", "EXC"},
		Values:      []float64{0.0812, 0.0345, 0.0217, 0.0031, 0.0008, -0.0002},
		Deviations:  []float64{0.0061, 0.0023, 0.0019, 0.0011, 0.0009, 0.0004},
		Horizontal:  true,
		Caption:     "Means of 5 repeats with their standard deviations",
	}
}

func ExampleBars_deviations() {
	fmt.Println(shuffled())
	// Output:
	// Bar chart “The scheduling policy matters most”: 6 names; from POLI (0.0812) to EXC (-0.0002).
}
