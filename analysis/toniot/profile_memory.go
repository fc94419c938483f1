package toniot

// The memory activity; sources as for the process activity.
//
// The newer host's rows are shifted: what its columns hold is what atop 2.3
// prints some columns further left (MINFLT is VSTACK, MAJFLT is VSIZE, VSTEXT
// is RSIZE, VSIZE is PSIZE, RSIZE is VGROW, VGROW is RGROW, RGROW is SWAPSZ).

// Families of memory rows.
const (
	ended      = iota // the process has ended: hardly a figure is left
	suffixMega        // MINFLT K, MAJFLT M, VSTEXT K: the newer host's apache2
	suffixNull        // MINFLT 0K: processes that have ended there
	kernel            // kernel threads: all zero
	resident          // all others
)

// Hosts of memory rows.
const (
	hostOld = iota
	hostNew // its columns are shifted
)

// memoryKinds are the published numbers of rows by type.
var memoryKinds = []int64{normal: 1_794_377, ddos: 45_689, dos: 75_283, injection: 58_523,
	mitm: 112, password: 26_016}

// memoryWindows follow the published quartiles of ts, as processWindows do.
var memoryWindows = []window{
	{4_216_855, 5_500_000, 2, normal},
	{5_500_000, 6_000_000, 1, normal},
	{6_000_000, 6_100_000, 4, normal},
	{6_100_000, 6_145_000, 4, password},
	{6_145_000, 6_203_725, 4, normal},
	{6_203_725, 6_208_000, 4, normal},
	{6_208_000, 6_288_000, 5, injection},
	{6_288_000, 6_302_000, 5, normal},
	{6_302_000, 6_404_000, 5, dos},
	{6_404_000, 6_425_000, 5, normal},
	{6_425_000, 6_488_000, 5, ddos},
	{6_488_000, 6_492_000, 5, normal},
	{6_492_000, 6_494_000, 5, mitm},
	{6_494_000, 6_500_000, 5, normal},
	{6_500_000, 6_859_000, 6, normal},
	{6_859_000, 7_400_000, 3, normal},
	{7_400_000, 8_355_716, 1, normal},
}

// A form is how a slice of memory rows writes what is special about it.
type form int

const (
	plain     form = iota
	innerGap       // VGROW with a blank inside
	bigGrowth      // RSIZE 224.2M and VGROW 9392K
	bareRSIZE      // RSIZE 0 without its K
)

// memoryForms and memorySlices belong together. Published: 9,737 rows with K,
// of which 8,800 with MAJFLT M, and among these about 8,452 attacks (from the
// class means of MAJFLT); 157 rows with RSIZE M, 152 of them attacks (likewise);
// 9 rows whose RSIZE has no K; 39,815 rows with a blank inside VGROW.
var memoryForms = []form{plain, bigGrowth, plain, bareRSIZE, plain, plain, plain, innerGap, plain, innerGap}

var memorySlices = []slice{
	{suffixMega, hostNew, 343, 8_300, [eras]int64{0, 0, 100_000, 30_000}},
	{suffixMega, hostNew, 5, 152, [eras]int64{0, 0, 100_000, 30_000}},
	{suffixNull, hostNew, 868, 60, [eras]int64{0, 0, 100_000, 90_000}},
	{suffixNull, hostNew, 8, 1, [eras]int64{0, 0, 100_000, 90_000}},
	{ended, hostOld, 93_000, 16_000, [eras]int64{8, 10, 10, 12}},
	{kernel, hostNew, 233_263, 10_000, [eras]int64{6, 10, 12, 12}},
	{resident, hostOld, 823_890, 110_110, [eras]int64{10, 10, 10, 10}},
	{resident, hostOld, 18_000, 2_000, [eras]int64{10, 10, 10, 10}},
	{resident, hostNew, 607_185, 57_000, [eras]int64{7, 10, 12, 12}},
	{resident, hostNew, 17_815, 2_000, [eras]int64{7, 10, 12, 12}},
}

// A memoryCommand is a value of CMD among the resident processes. Sizes are the
// medians of its rows, in tenths of whatever unit the files print (1.3 is
// gigabytes, 351.4 megabytes, 17924 kilobytes; the unit is lost).
type memoryCommand struct {
	name   string
	rows   int64    // at full size
	share  int64    // attacks among rows, per 10,000
	hosts  [3]int64 // old, new
	pid    int64
	faults int64 // MINFLT
	shared int64 // VSTEXT
	vsize  int64 // tenths
	rsize  int64
	mem    int64 // hundredths of a per cent
	grows  int64 // rows with growth, per 10,000
}

// memoryCommands: the ten largest counts are published.
var memoryCommands = []memoryCommand{
	{"atop", 325_985, 900, [3]int64{10, 9}, 2895, 1930, 148, 179_240, 2428, 0, 250},
	{"apache2", 80_961, 2650, [3]int64{10, 10}, 2364, 30, 596, 1844, 6344, 0, 2600},
	{"vmtoolsd", 77_871, 350, [3]int64{10, 8}, 2317, 0, 36, 3809, 4404, 0, 20},
	{"Xorg", 49_981, 800, [3]int64{10, 10}, 1457, 14, 2219, 3514, 79_032, 3, 350},
	{"nautilus", 48_356, 1500, [3]int64{10, 7}, 2601, 8, 1350, 14, 46_672, 1, 90},
	{"irqbalance", 44_387, 600, [3]int64{10, 8}, 1401, 4, 36, 192_960, 824, 0, 70},
	{"compiz", 44_356, 1500, [3]int64{10, 4}, 2577, 55, 10, 13, 77_872, 3, 800},
	{"ostinato", 43_024, 1150, [3]int64{10, 6}, 2890, 0, 2132, 25, 28_092, 1, 50},
	{"drone", 41_392, 400, [3]int64{10, 7}, 2793, 0, 978, 29, 22_972, 1, 40},
	{"hud-service", 41_000, 1600, [3]int64{10, 5}, 2336, 9, 589, 6370, 26_888, 1, 900},
	{"unity-panel-se", 41_200, 1050, [3]int64{10, 5}, 2347, 0, 66, 5538, 18_312, 0, 90},
	{"upstart-dbus-b", 40_800, 950, [3]int64{10, 5}, 2305, 0, 121, 223_080, 640, 0, 50},
	{"dbus-daemon", 40_000, 1000, [3]int64{10, 9}, 2220, 3, 415, 403_280, 2288, 0, 60},
	{"gnome-terminal", 38_000, 450, [3]int64{10, 8}, 2755, 0, 280, 7101, 22_236, 1, 40},
	{"gnome-shell", 34_000, 1000, [3]int64{0, 10}, 2164, 0, 132, 38, 216_300, 2, 150},
	{"vsftpd", 33_000, 3000, [3]int64{10, 5}, 2439, 221, 152, 298_400, 1404, 0, 2300},
	{"haveged", 31_000, 500, [3]int64{10, 6}, 1668, 0, 12, 94_800, 3496, 0, 25},
	{"mysqld", 28_000, 2600, [3]int64{10, 8}, 1495, 6, 10_415, 5454, 50_612, 1, 20},
	{"nm-applet", 26_000, 1400, [3]int64{10, 7}, 2647, 0, 297, 7184, 18_184, 0, 20},
	{"indicator-appl", 25_000, 950, [3]int64{10, 6}, 2531, 0, 35, 2801, 5140, 0, 50},
	{"NetworkManager", 24_000, 950, [3]int64{10, 9}, 1196, 1, 1071, 3421, 7452, 0, 50},
	{"whoopsie", 23_500, 950, [3]int64{10, 9}, 1406, 0, 47, 4971, 5048, 0, 55},
	{"unity-settings", 22_500, 950, [3]int64{10, 6}, 2328, 2, 31, 7931, 15_828, 0, 20},
	{"mission-contro", 19_000, 950, [3]int64{10, 6}, 2686, 0, 350, 3153, 7296, 0, 100},
	{"deja-dup-monit", 17_000, 950, [3]int64{10, 6}, 2773, 0, 18, 3689, 3884, 0, 25},
	{"evolution-cale", 16_500, 950, [3]int64{10, 8}, 2638, 0, 4, 8576, 44_596, 1, 25},
	{"goa-daemon", 15_000, 950, [3]int64{10, 8}, 2635, 0, 124, 6237, 18_084, 0, 25},
	{"systemd-journa", 14_500, 950, [3]int64{2, 10}, 1041, 3, 112, 352_000, 5660, 0, 90},
	{"upstart-file-b", 13_500, 950, [3]int64{10, 6}, 2296, 0, 129, 307_800, 960, 0, 120},
	{"named", 12_500, 950, [3]int64{10, 8}, 1517, 4, 531, 3936, 32_376, 2, 500},
	{"systemd-udevd", 12_200, 1300, [3]int64{10, 6}, 2401, 134, 199, 519_800, 1416, 0, 2800},
	{"init", 12_000, 950, [3]int64{10, 4}, 2140, 3, 245, 405_640, 2936, 0, 35},
	{"firefox", 11_500, 2600, [3]int64{10, 8}, 2897, 620, 105, 21, 402_000, 9, 2500},
	{"tcpdump", 11_000, 100, [3]int64{10, 10}, 2847, 0, 903, 372_000, 6240, 0, 30},
	{"Web-Content", 11_400, 2600, [3]int64{10, 8}, 2957, 410, 193, 18, 301_000, 7, 2400},
	{"snapd", 8_400, 950, [3]int64{0, 10}, 1119, 0, 9216, 9034, 24_060, 1, 40},
	{"dhclient", 6_500, 950, [3]int64{10, 5}, 2585, 1063, 1603, 102_240, 3660, 0, 5500},
	{"update-manager", 5_200, 500, [3]int64{10, 3}, 2794, 420, 3063, 7268, 116_700, 3, 90},
	{"ibus-extension", 4_900, 950, [3]int64{5, 10}, 2395, 0, 66, 4711, 23_100, 1, 25},
	{"kernel_oops", 2_600, 900, [3]int64{10, 3}, 2676, 1882, 3063, 1201, 68_536, 2, 8500},
}

// earlyNames lost their k in the oldest rows, with the k that stood for kilo.
var earlyNames = []command{
	{name: "NetworManager", rows: 2_300}, {name: "tracer-store", rows: 900}, {name: "tracer-miner-", rows: 700},
	{name: "polit-gnome-a", rows: 640}, {name: "ibus-ui-gt3", rows: 410}, {name: "indicator-eyb", rows: 300},
	{name: "udissd", rows: 280},
}

// Rows of named commands outside the resident family; jfsCommit and <apache2>,
// <atop> are published.
var (
	kernelNamed = []command{
		{name: "jfsCommit", rows: 81_714}, {name: "jfsIO", rows: 40_900}, {name: "jfsSync", rows: 38_500},
		{name: "kworker/4:2-mm", rows: 310}, {name: "worer/0:1", rows: 90, eras: [eras]int64{100_000, 0, 0, 0}},
	}
	suffixNamed = []command{
		{name: "<find>", rows: 400, attacks: 30}, {name: "<sh>", rows: 220, attacks: 14}, {name: "<php5>", rows: 130, attacks: 7},
		{name: "<sessionclean>", rows: 110, attacks: 6}, {name: "<grep>", rows: 77, attacks: 4},
	}
	endedNamed = []command{
		{name: "<vsftpd>", rows: 27_000, attacks: 6_500}, {name: "<systemd-udev>", rows: 18_000, attacks: 2_400},
		{name: "<dhclient>", rows: 4_000, attacks: 380}, {name: "<nm-dhcp-clie>", rows: 3_900, attacks: 380},
		{name: "<apache2>", rows: 423, attacks: 170}, {name: "<kworker/dyin>", rows: 300, attacks: 25},
		{name: "<mkdir>", rows: 260, attacks: 12}, {name: "<atop>", rows: 45, attacks: 5},
	}
)

const (
	memoryDistinct     = 659
	memoryKernelTail   = 90
	memoryResidentTail = 190
)

// memoryZones bound PID as processZones do (quartiles 2242, 2847, 4374).
var memoryZones = []pidZone{{1007, 2242}, {2243, 2847}, {2848, 3499}, {3500, 4374}, {4375, 10_356}, {10_357, 15_072}, {15_073, 19_900}}

// memoryPIDs weigh the zones: normal rows before the band, later ones, attacks.
var memoryPIDs = [3][]int64{
	{70, 70, 70, 55, 190, 320, 225},
	{385, 330, 178, 71, 28, 6, 2},
	{80, 325, 240, 325, 25, 3, 2},
}

// sessionWeights weigh the sessions of a resident process, which shift its
// sizes: normal, attack.
var sessionWeights = [2][]int64{
	{16, 16, 14, 14, 14, 12, 8, 6},
	{6, 5, 9, 8, 14, 18, 22, 18},
}
