package toniot

// What has been published about the full files by the eleven notebooks that
// solve the course's task; they agree with each other. Means and deviations of
// memory columns are those after the K and M have been multiplied out.
//
// Three figures are not printed anywhere but follow from printed ones: PID's
// class means (from its correlation with attack), the 157 rows whose RSIZE
// ends in M, and so the 9,571 whose RSIZE ends in K (from RSIZE's class means).

type targets struct {
	rows         float64
	first, last  float64 // ts
	tsMean       float64
	tsDeviation  float64
	tsQuartiles  [3]float64
	distinct     float64 // values of CMD
	counts       []valueTarget
	attacks      []valueTarget // attack rows with a value
	flaws        []valueTarget // rows by the way a column is written
	never        []string      // rules no row breaks
	described    []momentTarget
	correlations []pairTarget
}

// A valueTarget is a count; slack is how far off it may be, relatively.
type valueTarget struct {
	column, value string
	rows          float64
	slack         float64
}

// A momentTarget describes a column. Slacks are relative, and as wide as the
// figure's standing in an analysis allows: the stand-in must lead to the same
// sentences, not the same digits.
type momentTarget struct {
	name                      string
	mean, meanSlack           float64
	deviation, deviationSlack float64
	quartiles                 [3]float64
	quartileSlack             float64
	attack, normal            float64 // class means
}

type pairTarget struct {
	a, b string
	r    float64
}

var processTargets = targets{
	rows: 1_927_968, first: 1_554_216_855, last: 1_557_593_017, distinct: 683,
	tsMean: 1_556_319_831, tsDeviation: 771_350, tsQuartiles: [3]float64{1.556192e9, 1.556498e9, 1.556796e9},
	counts: []valueTarget{
		{"attack", "0", 1_636_604, 0}, {"attack", "1", 291_364, 0},
		{"type", "normal", 1_636_604, 0}, {"type", "ddos", 71_603, 0}, {"type", "dos", 70_721, 0},
		{"type", "password", 51_409, 0}, {"type", "injection", 41_311, 0}, {"type", "scanning", 38_449, 0},
		{"type", "xss", 17_759, 0}, {"type", "mitm", 112, 0},
		{"POLI", "norm", 1_861_558, 0}, {"POLI", "0", 53_216, 0}, {"POLI", "-", 13_194, 0},
		{"Status", "-", 1_416_322, 0}, {"Status", "0", 438_984, 0}, {"Status", "NE", 48_602, 0},
		{"Status", "N", 23_313, 0}, {"Status", "NS", 743, 0}, {"Status", "C", 3, 0}, {"Status", "NC", 1, 0},
		{"State", "S", 1_676_350, 0}, {"State", "I", 98_986, 0}, {"State", "R", 84_753, 0},
		{"State", "E", 66_410, 0}, {"State", "Z", 1_118, 0}, {"State", "D", 344, 0}, {"State", "T", 7, 0},
		{"NICE", "0", 1_461_364, 0}, {"NICE", "20", 441_282, 0}, {"NICE", "1", 16_840, 0},
		{"NICE", "11", 6_765, 0}, {"NICE", "10", 1_601, 0}, {"NICE", "19", 116, 0},
		{"CMD", "atop", 441_180, 0}, {"CMD", "apache2", 313_143, 0}, {"CMD", "vmtoolsd", 112_029, 0},
		{"CMD", "Xorg", 66_813, 0}, {"CMD", "nautilus", 63_449, 0}, {"CMD", "gnome-terminal", 47_628, 0},
		{"CMD", "compiz", 44_386, 0}, {"CMD", "irqbalance", 44_324, 0}, {"CMD", "ostinato", 42_979, 0},
		{"CMD", "drone", 41_390, 0}, {"CMD", "jfsIO", 13_619, 0}, {"CMD", "ibus-extension", 5_788, 0},
		{"CMD", "<kworker/dyin>", 603, 0}, {"CMD", "<fsck>", 192, 0}, {"CMD", "kworker/4:2-mm", 147, 0},
	},
	attacks: []valueTarget{
		{"Status", "0", 121_983, .02}, {"Status", "-", 154_754, .02}, {"POLI", "-", 4_790, .02},
		{"State", "E", 13_211, .02}, {"NICE", "20", 46_507, .02}, {"NICE", "1", 4_103, .02}, {"CMD", "atop", 46_479, .02},
	},
	flaws: []valueTarget{{"CPU", "above 0", 512_374, .02}},
	never: []string{"empty field", "type and attack differ", "State E, PRI 0, POLI 0 or -, <CMD>", "RTPR not 0",
		"NICE and PRI do not pair", "CMD longer than 14"},
	described: []momentTarget{
		{"PID", 5068.71, .06, 4987.78, .06, [3]float64{2501, 3103, 4374}, .10, 4490, 5172},
		{"TRUN", .063229, .08, .247826, .05, [3]float64{}, 0, .05817, .06413},
		{"TSLPI", 3.508334, .08, 6.98846, .08, [3]float64{1, 1, 3}, .05, 4.3681, 3.3553},
		{"TSLPU", .000361, .20, .044219, .60, [3]float64{}, 0, .000944, .000257},
		{"NICE", 4.634470, .001, 8.403190, .001, [3]float64{0, 0, 0}, 0, 3.278, 4.8759},
		{"PRI", 111.268267, .0001, 22.624445, .0001, [3]float64{100, 120, 120}, .001, 111.332, 111.257},
		{"CPUNR", 1.921014, .02, 1.527405, .02, [3]float64{1, 2, 3}, .01, 1.9333, 1.9188},
		{"EXC", .030275, .10, 1.461950, .10, [3]float64{}, 0, .02738, .03079},
		{"CPU", .022385, .08, .136289, .08, [3]float64{0, 0, .01}, .0001, .013083, .024041},
	},
	correlations: []pairTarget{
		{"TRUN", "CPU", .52}, {"TRUN", "NICE", .23}, {"TSLPI", "NICE", -.21}, {"TSLPI", "PRI", .17}, {"TSLPI", "CPU", .15},
		{"PID", "NICE", -.14}, {"PID", "PRI", -.14}, {"PID", "TSLPI", -.18}, {"NICE", "PRI", -.27}, {"PRI", "CPUNR", .26},
		{"PRI", "EXC", -.10}, {"ts", "CPUNR", .17}, {"ts", "PID", .06}, {"attack", "PID", -.05}, {"attack", "TSLPI", .05},
		{"attack", "NICE", -.07}, {"attack", "CPU", -.03}, {"attack", "ts", .02},
	},
}

var memoryTargets = targets{
	rows: 2_000_000, first: 1_554_216_855, last: 1_558_355_716, distinct: 659,
	tsMean: 1_556_245_817, tsDeviation: 984_463, tsQuartiles: [3]float64{1.555468e9, 1.556444e9, 1.556859e9},
	counts: []valueTarget{
		{"attack", "0", 1_794_377, 0}, {"attack", "1", 205_623, 0},
		{"type", "normal", 1_794_377, 0}, {"type", "dos", 75_283, 0}, {"type", "injection", 58_523, 0},
		{"type", "ddos", 45_689, 0}, {"type", "password", 26_016, 0}, {"type", "mitm", 112, 0},
		{"CMD", "atop", 325_985, 0}, {"CMD", "apache2", 89_761, 0}, {"CMD", "jfsCommit", 81_714, 0},
		{"CMD", "vmtoolsd", 77_871, 0}, {"CMD", "Xorg", 49_981, 0}, {"CMD", "nautilus", 48_356, 0},
		{"CMD", "irqbalance", 44_387, 0}, {"CMD", "compiz", 44_356, 0}, {"CMD", "ostinato", 43_024, 0}, {"CMD", "drone", 41_392, 0},
	},
	flaws: []valueTarget{
		{"MINFLT", "K", 9_737, 0}, {"MAJFLT", "M", 8_800, 0}, {"VSTEXT", "K", 8_800, 0},
		{"RSIZE", "K", 9_571, 0}, {"RSIZE", "M", 157, 0}, {"VGROW", "K", 9_737, 0}, {"RGROW", "K", 9_737, 0},
		{"VGROW", "inner blank", 39_815, 0},
		{"MAJFLT", "decimal", 440_068, .03}, {"VSTEXT", "decimal", 19_107, .04}, {"VSIZE", "decimal", 523_958, .03},
		{"RSIZE", "decimal", 73_817, .04}, {"VGROW", "decimal", 1_360, .10}, {"RGROW", "decimal", 557, .15}, {"MEM", "decimal", 302_276, .03},
	},
	never: []string{"empty field", "type and attack differ", "VGROW not 7 characters", "CMD longer than 14"},
	described: []momentTarget{
		{"PID", 4999.36, .06, 4887.31, .06, [3]float64{2242, 2847, 4374}, .12, 3608, 5159},
		{"MINFLT", 983.344, .15, 19229.6, .35, [3]float64{0, 10, 132}, 3, 5717.96, 440.79},
		{"MAJFLT", 987_846.6, .01, 14_842_874, .01, [3]float64{0, 0, 173.9}, .5, 9_218_253.9, 44_699.7},
		{"VSTEXT", 46_453.3, .08, 658_730, .03, [3]float64{25, 148, 2132}, 1, 412_013, 4562.7},
		{"VSIZE", 4496.42, .05, 9046.34, .10, [3]float64{0, 0, 732.3}, .2, 4478.5, 4498.5},
		{"RSIZE", 23_722.9, .10, 1_986_383, .03, [3]float64{0, 98.2, 2608}, 1, 171_570.4, 6780.6},
		{"VGROW", 984.47, .15, 86_174.8, .05, [3]float64{0, 0, 0}, 0, 7761.97, 207.8},
		{"RGROW", 483.175, .15, 1491.48, .15, [3]float64{0, 0, 0}, 0, 393.79, 493.4},
		{"MEM", .003385, .10, .010943, .10, [3]float64{0, 0, 0}, 0, .0037458, .0033438},
	},
	correlations: []pairTarget{
		{"ts", "PID", -.53}, {"ts", "RGROW", .32}, {"PID", "MAJFLT", .16}, {"PID", "RGROW", -.18}, {"PID", "VSIZE", -.14},
		{"MINFLT", "MAJFLT", .45}, {"MAJFLT", "VSTEXT", 1}, {"RSIZE", "VGROW", .98}, {"MAJFLT", "VGROW", .13},
		{"VSIZE", "MEM", -.14}, {"VSIZE", "RGROW", -.14}, {"attack", "PID", -.10}, {"attack", "MINFLT", .09},
		{"attack", "MAJFLT", .19}, {"attack", "VSTEXT", .19}, {"attack", "RSIZE", .02}, {"attack", "VGROW", .03},
		{"attack", "RGROW", -.02}, {"attack", "ts", .04},
	},
}
