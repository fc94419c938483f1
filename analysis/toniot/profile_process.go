package toniot

// The process activity, in figures published about the real files: class, type
// and command counts, quartiles and means (the notebooks of SYKflyingintheSKY,
// Shain001, RakeshNain and eight others on GitHub, who agree to the row), and
// medians by command of the unit's streaming files. Where nothing is published
// a figure is chosen so that the sums come out; no row is copied from anywhere.

// Families of process rows.
const (
	exited     = iota // State E: the process has ended
	idleKernel        // State I: idle kernel threads, only on the newer host
	live              // all others
)

// Hosts, told apart by how they write Status and by their processors.
const (
	hostZero = iota // Status 0, four processors
	hostDash        // Status -, four processors
	hostSix         // Status -, six processors, newer
)

// processKinds are the published numbers of rows by type.
var processKinds = []int64{normal: 1_636_604, ddos: 71_603, dos: 70_721, injection: 41_311,
	mitm: 112, password: 51_409, scanning: 38_449, xss: 17_759}

// processWindows follow the published quartiles of ts, and the accuracy that a
// tree on ts alone reaches: the band holds about as many normal rows as attacks.
var processWindows = []window{
	{4_216_855, 4_330_000, 2, normal},
	{4_330_000, 6_000_000, 1, normal},
	{6_000_000, 6_090_000, 3, normal},
	{6_090_000, 6_178_000, 3, scanning},
	{6_178_000, 6_192_000, 3, normal},
	{6_192_000, 6_225_000, 8, normal},
	{6_225_000, 6_240_500, 8, xss},
	{6_240_500, 6_262_000, 8, normal},
	{6_262_000, 6_320_000, 8, dos},
	{6_320_000, 6_334_000, 8, normal},
	{6_334_000, 6_392_000, 8, ddos},
	{6_392_000, 6_404_000, 8, normal},
	{6_404_000, 6_446_000, 8, password},
	{6_446_000, 6_456_000, 8, normal},
	{6_456_000, 6_490_000, 8, injection},
	{6_490_000, 6_493_500, 8, normal},
	{6_493_500, 6_494_500, 8, mitm},
	{6_494_500, 6_500_000, 8, normal},
	{6_500_000, 6_796_000, 8, normal},
	{6_796_000, 7_000_000, 6, normal},
	{7_000_000, 7_120_000, 3, normal},
	{7_120_000, 7_593_017, 2, normal},
}

// A shape is how a slice of process rows writes POLI and Status. An empty
// Status is that of the host.
type shape struct{ policy, status string }

// processShapes and processSlices belong together, item by item. Their sums are
// the published counts of POLI (norm 1,861,558; 0 53,216; - 13,194) and Status
// (- 1,416,322; 0 438,984; NE 48,602; N 23,313; NS 743; C 3; NC 1), and the
// attacks among Status - (154,754), Status 0 (121,983), POLI - (4,790) and
// State E (13,211).
var processShapes = []shape{
	{"0", "NE"}, {"0", "-"}, {"0", "NS"}, {"0", "NC"}, {"0", "C"}, {"-", "NE"}, {"-", "-"},
	{"norm", "-"},
	{"norm", "0"}, {"norm", "-"}, {"norm", "-"}, {"norm", "N"}, {"norm", "N"},
}

var processSlices = []slice{
	{exited, hostZero, 30_891, 7_211, [eras]int64{}},
	{exited, hostZero, 13_357, 1_010, [eras]int64{}},
	{exited, hostZero, 543, 200, [eras]int64{}},
	{exited, hostZero, 1, 0, [eras]int64{}},
	{exited, hostZero, 3, 0, [eras]int64{}},
	{exited, hostSix, 6_600, 3_900, [eras]int64{5, 10, 10, 10}},
	{exited, hostSix, 1_804, 890, [eras]int64{5, 10, 10, 10}},
	{idleKernel, hostSix, 90_986, 8_000, [eras]int64{5, 10, 12, 14}},
	{live, hostZero, 317_001, 121_983, [eras]int64{10, 10, 10, 9}},
	{live, hostDash, 477_105, 12_000, [eras]int64{20, 10, 7, 5}},
	{live, hostSix, 678_316, 132_854, [eras]int64{3, 10, 13, 17}},
	{live, hostZero, 11_397, 2_000, [eras]int64{12, 10, 10, 8}},
	{live, hostSix, 8_600, 1_316, [eras]int64{8, 10, 10, 10}},
}

// How much CPU time a command takes, see cpuTime.
const (
	cpuRare = iota
	cpuLow
	cpuSome
	cpuTick
	cpuBusy
	cpuSpin // drone: half of its rows burn a whole processor
)

// A processCommand is a value of CMD among the live processes.
type processCommand struct {
	name    string
	rows    int64    // at full size
	share   int64    // attacks among rows, per 10,000
	hosts   [3]int64 // Status 0, Status - with four, with six processors
	pid     int64    // soon after boot
	threads int64    // TSLPI when all of them sleep
	cpu     int
	running int64 // State R, relative to rows
	waiting int64 // State D, likewise
	zombie  int64 // State Z, likewise
	nice    int64 // as in the files: without its sign
	pri     int64 // 0: 120
}

// processCommands: the ten largest counts, that of ibus-extension, and those
// behind NICE and PRI (atop 20/100, rtkit-daemon 1/121, pulseaudio 11/109,
// update-manager 10/130, krfcommd 10/110, tracker-miner- 19/139) are published.
var processCommands = []processCommand{
	{"atop", 441_180, 1053, [3]int64{10, 10, 10}, 3678, 1, cpuTick, 1530, 18, 0, 20, 100},
	{"apache2", 313_143, 2270, [3]int64{22, 6, 10}, 4100, 1, cpuLow, 160, 170, 60, 0, 0},
	{"vmtoolsd", 112_029, 1190, [3]int64{10, 10, 10}, 2809, 3, cpuLow, 60, 0, 0, 0, 0},
	{"Xorg", 66_813, 1380, [3]int64{12, 10, 9}, 1457, 1, cpuSome, 250, 0, 0, 0, 0},
	{"nautilus", 63_449, 1620, [3]int64{13, 10, 8}, 2801, 5, cpuLow, 150, 0, 0, 0, 0},
	{"gnome-terminal", 47_628, 1340, [3]int64{11, 10, 9}, 3155, 4, cpuRare, 60, 0, 0, 0, 0},
	{"compiz", 44_386, 1580, [3]int64{14, 12, 6}, 2777, 6, cpuBusy, 700, 0, 0, 0, 0},
	{"irqbalance", 44_324, 1520, [3]int64{13, 10, 8}, 1401, 1, cpuRare, 20, 0, 0, 0, 0},
	{"ostinato", 42_979, 1490, [3]int64{12, 12, 7}, 3790, 3, cpuTick, 300, 0, 0, 0, 0},
	{"drone", 41_390, 1180, [3]int64{10, 12, 8}, 3793, 12, cpuSpin, 60, 0, 0, 0, 0},
	{"hud-service", 41_200, 1560, [3]int64{15, 12, 5}, 2536, 4, cpuSome, 120, 0, 0, 0, 0},
	{"unity-panel-se", 40_900, 1570, [3]int64{15, 12, 5}, 2547, 3, cpuSome, 60, 0, 0, 0, 0},
	{"dbus-daemon", 38_000, 1490, [3]int64{11, 10, 9}, 2420, 1, cpuSome, 200, 0, 0, 0, 0},
	{"upstart-dbus-b", 37_500, 1580, [3]int64{15, 12, 5}, 2505, 1, cpuRare, 60, 0, 0, 0, 0},
	{"mysqld", 29_500, 2180, [3]int64{16, 8, 8}, 1495, 17, cpuLow, 60, 0, 0, 0, 0},
	{"firefox", 27_500, 2500, [3]int64{11, 10, 10}, 3497, 56, cpuBusy, 150, 0, 0, 0, 0},
	{"haveged", 24_000, 1530, [3]int64{14, 12, 5}, 1668, 1, cpuRare, 240, 0, 0, 0, 0},
	{"tcpdump", 21_000, 560, [3]int64{6, 12, 10}, 3847, 1, cpuTick, 200, 0, 0, 0, 0},
	{"gnome-shell", 20_000, 1370, [3]int64{0, 1, 30}, 2164, 9, cpuSome, 120, 0, 0, 0, 0},
	{"NetworkManager", 19_800, 1490, [3]int64{10, 10, 10}, 1196, 4, cpuSome, 150, 0, 0, 0, 0},
	{"whoopsie", 19_500, 1470, [3]int64{12, 11, 8}, 1406, 3, cpuLow, 60, 0, 0, 0, 0},
	{"rtkit-daemon", 16_840, 2436, [3]int64{14, 8, 9}, 2137, 3, cpuLow, 60, 0, 0, 1, 121},
	{"nm-applet", 16_000, 1620, [3]int64{14, 10, 7}, 2847, 3, cpuBusy, 350, 0, 0, 0, 0},
	{"indicator-appl", 15_500, 1580, [3]int64{14, 10, 7}, 2731, 2, cpuBusy, 150, 0, 0, 0, 0},
	{"mission-contro", 14_800, 1490, [3]int64{12, 10, 8}, 2886, 3, cpuRare, 30, 0, 0, 0, 0},
	{"goa-daemon", 14_200, 1490, [3]int64{12, 10, 8}, 2835, 4, cpuLow, 60, 0, 0, 0, 0},
	{"evolution-cale", 12_800, 1490, [3]int64{12, 10, 8}, 2838, 5, cpuRare, 20, 0, 0, 0, 0},
	{"unity-settings", 12_500, 1490, [3]int64{14, 11, 6}, 2528, 4, cpuLow, 20, 0, 0, 0, 0},
	{"deja-dup-monit", 12_300, 1490, [3]int64{14, 11, 6}, 3273, 3, cpuRare, 60, 0, 0, 0, 0},
	{"Web-Content", 9_000, 2450, [3]int64{11, 9, 10}, 3557, 25, cpuBusy, 200, 0, 0, 0, 0},
	{"named", 8_900, 1490, [3]int64{12, 10, 8}, 1517, 7, cpuSome, 300, 0, 0, 0, 0},
	{"kworker/u256:1", 7_200, 1180, [3]int64{10, 12, 8}, 4189, 1, cpuRare, 60, 160, 0, 0, 0},
	{"pulseaudio", 6_765, 1230, [3]int64{10, 10, 10}, 2601, 3, cpuLow, 60, 0, 0, 11, 109},
	{"kworker/3:2", 6_300, 1180, [3]int64{10, 12, 8}, 3615, 1, cpuBusy, 900, 60, 0, 0, 0},
	{"kworker/u256:2", 6_100, 1180, [3]int64{10, 12, 8}, 4276, 1, cpuLow, 60, 60, 0, 0, 0},
	{"vsftpd", 5_900, 2800, [3]int64{14, 8, 8}, 4539, 1, cpuLow, 20, 0, 0, 0, 0},
	{"ibus-extension", 5_788, 1180, [3]int64{4, 8, 14}, 2695, 3, cpuLow, 20, 0, 0, 0, 0},
	{"update-manager", 1_586, 500, [3]int64{10, 12, 6}, 3081, 3, cpuBusy, 250, 0, 0, 10, 130},
	{"kernel_oops", 1_200, 900, [3]int64{12, 12, 6}, 4676, 1, cpuBusy, 900, 0, 20, 0, 0},
	{"tracker-miner-", 116, 300, [3]int64{10, 12, 6}, 3297, 4, cpuBusy, 250, 0, 0, 19, 139},
	{"kworker/0:1H", 42, 2700, [3]int64{10, 10, 10}, 1117, 1, cpuRare, 0, 0, 0, 20, 100},
	{"kworker/1:1H", 24, 2700, [3]int64{10, 10, 10}, 1123, 1, cpuRare, 0, 0, 0, 20, 100},
	{"kworker/2:1H", 20, 2700, [3]int64{10, 10, 10}, 1129, 1, cpuRare, 0, 0, 0, 20, 100},
	{"kworker/3:0H", 16, 2700, [3]int64{10, 10, 10}, 1131, 1, cpuRare, 0, 0, 0, 20, 100},
	{"krfcommd", 15, 0, [3]int64{10, 10, 10}, 2011, 1, cpuRare, 0, 0, 0, 10, 110},
}

// Rows of the named commands of State I and E; jfsIO, kworker/4:2-mm and all
// of State E but the tail are published, and so are the 683 values of CMD.
var (
	idleNamed = []command{
		{name: "jfsCommit", rows: 27_200}, {name: "jfsIO", rows: 13_619}, {name: "jfsSync", rows: 13_100},
		{name: "kworker/4:2-mm", rows: 147},
	}
	exitedNamed = []command{
		{name: "<apache2>", rows: 11_406, attacks: 4_600}, {name: "<kworker/dyin>", rows: 603, attacks: 60},
		{name: "<fsck>", rows: 192, attacks: 5}, {name: "<atop>", rows: 76, attacks: 8},
		{name: "<basename>", rows: 45, attacks: 9}, {name: "<compiz>", rows: 18, attacks: 2},
		{name: "<dumpcap>", rows: 18, attacks: 1}, {name: "<nautilus>", rows: 9, attacks: 1},
		{name: "<kmod>", rows: 6, attacks: 1}, {name: "<iconv>", rows: 1},
	}
)

const (
	processDistinct    = 683
	processIdleTail    = 60  // kworkers in State I
	processLiveDaemons = 205 // rare live programs
	processLiveWorkers = 50  // rare live kworkers

	idleRows   = 98_986 // State I
	exitedRows = 66_410 // State E
	runRows    = 84_753 // State R
	zombieRows = 1_118  // State Z
	waitRows   = 344    // State D
	stopRows   = 7      // State T
)

// exitCodes weigh EXC 0, 1, 2, 15 and 127 among the processes that have ended
// without Status NS, normal and attack. The few 127 make EXC's standard
// deviation; hardly one of them was an attack.
var exitCodes = [2][]int64{{42_900, 9_100, 800, 100, 236}, {10_000, 2_950, 100, 55, 2}}

// processZones bound PID at its published quartiles (2501, 3103, 4374) and
// where the first trees of the course's reference model split it; zone 2 is a
// session in which one host was attacked.
var processZones = []pidZone{{1007, 2501}, {2502, 2949}, {2950, 3103}, {3104, 4374}, {4375, 9999}, {10_007, 15_258}, {16_073, 19_400}}

// processPIDs weigh the zones, by host, normal and attack. A PID far on is that
// of a host that has been up for long; few of those were attacked.
var processPIDs = [3][2][]int64{
	hostZero: {{100, 125, 25, 280, 55, 35, 380}, {145, 205, 50, 480, 100, 15, 5}},
	hostDash: {{195, 220, 32, 248, 150, 120, 35}, {60, 270, 140, 415, 95, 14, 6}},
	hostSix:  {{195, 220, 32, 248, 150, 120, 35}, {60, 270, 140, 415, 95, 14, 6}},
}
