package lightgbm_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// many returns that many lines, all different.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key%d=1\n", i)
	}
	return b.String()
}

func TestDamagedFiles(t *testing.T) {
	text := string(golden(t))
	tests := []struct {
		name, old, new string // the first old becomes new; old "" replaces all
		want           string // part of the error
	}{
		{"empty", "", "", "line 1: not a LightGBM model"},
		{"foreign", "", "binf\x00\x01\x02", "line 1: not a LightGBM model but one of XGBoost"},
		{"pickle", "", "\x80\x04\x95", "line 1: not a LightGBM model text but a pickle"},
		{"one line", "", "tree", "ends before the first tree"},
		{"truncated", "", text[:900], "line 45"},
		{"no end", "end of trees", "end", `Tree=2 must stand here`},
		{"unknown version", "version=v3", "version=v9", `line 2: version: "v9" is not known`},
		{"no version", "version=v3\n", "", "version: the header has no such line"},
		{"no sizes", "tree_sizes=465 305\n", "", "tree_sizes: the header has no such line"},
		{"a size too many", "465 305", "465 305 1", "2 trees, but tree_sizes on line 10 has 3"},
		{"sizes without room", "465 305", "465 305" + strings.Repeat(" 1", 4000), "line 10: tree_sizes: 4002 items are more than"},
		{"names without end", "feature_names=", "feature_names=" + strings.Repeat("a ", 1<<21), "feature_names: 2097155 items are more than 2097152"},
		{"lines without end", "num_class=1\n", strings.Repeat("x", 3) + "\n" + many(1000), "the header has more than 1000 lines"},
		{"a size too few", "465 305", "465", "more trees than the 1"},
		{"bad size", "465 305", "465 x", `tree_sizes: item 1 is "x"`},
		{"classes", "num_class=1", "num_class=3", "line 3: num_class"},
		{"objective", "binary sigmoid:1", "binomial", "line 7: objective"},
		{"sigmoid", "binary sigmoid:1", "binary sigmoid:-1", "line 7: objective: \"binary sigmoid:-1\": sigmoid must be a number above 0"},
		{"setting", "binary sigmoid:1", "binary sqrt", "line 7: objective: \"binary sqrt\": the setting \"sqrt\" is not known"},
		{"JSON", "", "{\"name\": \"tree\"}", "JSON, as dump_model writes it"},
		{"multiclass", "binary sigmoid:1", "multiclass num_class:3", "line 7: objective"},
		{"features", "max_feature_idx=2", "max_feature_idx=3", "line 6: max_feature_idx"},
		{"huge features", "max_feature_idx=2", "max_feature_idx=2147483647", "max_feature_idx"},
		{"infos", " [0:1]\n", "\n", "feature_infos: 2 items for 3 features"},
		{"double key", "num_class=1\n", "num_class=1\nnum_class=1\n", "line 4: num_class: stands on line 3 already"},
		{"two signs", "num_class=1\n", "num_class=1\nx=y=z\n", "line 4: x: not usable"},
		{"tree number", "Tree=1", "Tree=7", "Tree=1 must stand here"},
		{"no leaves", "num_leaves=4\n", "", "num_leaves: the tree has no such line"},
		{"huge leaves", "num_leaves=4", "num_leaves=2147483647", "line 13: num_leaves"},
		{"zero leaves", "num_leaves=4", "num_leaves=0", "line 13: num_leaves"},
		{"no values", "leaf_value=", "leaf_valu=", "not a line of a tree"},
		{"short list", "split_feature=0 1 2", "split_feature=0 1", "split_feature: 2 items, must be 3"},
		{"long list", "leaf_count=480", "leaf_count=480 1", "leaf_count: 5 items, must be 4"},
		{"text in list", "1536.5 0.75", "1536.5 x", `threshold: item 2 is "x"`},
		{"double space", "1536.5 0.75", "1536.5  0.75", `threshold: item 2 is ""`},
		{"NaN leaf", "leaf_value=-0.41999999999999998", "leaf_value=NaN", "line 21: leaf_value: item 0 is NaN"},
		{"infinite leaf", "leaf_value=-0.41999999999999998", "leaf_value=-inf", "line 21: leaf_value: item 0 is -Inf: numbers must be finite"},
		{"threshold of NaN", "1536.5", "nan", "threshold: item 1 is NaN: numbers must not be NaN"},
		{"threshold of -NaN", "1536.5", "-nan(ind)", "threshold: item 1 is NaN"},
		{"bitset infinite", "threshold=0 1536.5", "threshold=inf 1536.5", "threshold: item 0 is +Inf: a categorical node"},
		{"infinite shrinkage", "shrinkage=0.1", "shrinkage=inf", "shrinkage: item 0 is +Inf"},
		{"overflow", "1536.5", "1e999", "threshold: item 1"},
		{"cycle to root", "left_child=1 -1 -2", "left_child=0 -1 -2", "left_child: item 0 is 0: a child must have a number above"},
		{"cycle", "right_child=2 -3 -4", "right_child=2 1 -4", "right_child: item 1 is 1"},
		{"node twice", "right_child=2 -3 -4", "right_child=1 -3 -4", "right_child: item 0 is 1: it is the child of two"},
		{"leaf twice", "right_child=2 -3 -4", "right_child=2 -1 -4", "right_child: item 1 is -1: it is the child of two"},
		{"leaf out of range", "right_child=2 -3 -4", "right_child=2 -3 -5", "right_child: item 2 is -5: there is no such child"},
		{"node out of range", "right_child=2 -3 -4", "right_child=3 -3 -4", "right_child: item 0 is 3: there is no such child"},
		{"smallest child", "right_child=2 -3 -4", "right_child=2 -3 -2147483648", "there is no such child"},
		{"feature out of range", "split_feature=0 1 2", "split_feature=0 1 3", "split_feature: item 2 is 3"},
		{"negative feature", "split_feature=0 1 2", "split_feature=0 1 -1", "split_feature: item 2 is -1"},
		{"decision type", "decision_type=9 8 8", "decision_type=9 8 12", "decision_type: item 2 is 12"},
		{"negative decision type", "decision_type=9 8 8", "decision_type=9 8 -8", "decision_type: item 2"},
		{"bitset out of range", "threshold=0 1536.5", "threshold=1 1536.5", "threshold: item 0 is 1"},
		{"bitset fraction", "threshold=0 1536.5", "threshold=0.5 1536.5", "threshold: item 0 is 0.5"},
		{"empty bitset", "cat_threshold=5 8", "cat_threshold=0 0", "cat_threshold: bitset 0 is empty"},
		{"bitset boundaries", "cat_boundaries=0 2", "cat_boundaries=0 3", "cat_boundaries: must start"},
		{"bitset start", "cat_boundaries=0 2", "cat_boundaries=1 2", "cat_boundaries: must start"},
		{"bitset rest", "cat_boundaries=0 2", "cat_boundaries=0 1", "cat_boundaries: must end"},
		{"negative word", "cat_threshold=5 8", "cat_threshold=-5 8", "cat_threshold: item 0"},
		{"no categorical count", "num_cat=1", "num_cat=0", "num_cat"},
		{"not categorical", "decision_type=9 8 8", "decision_type=8 8 8", "num_cat: 1, but 0 nodes"},
		{"linear", "is_linear=0", "is_linear=1", "is_linear: linear trees"},
		{"line without sign", "is_linear=0", "is_linear", "not a line of a tree"},
	}
	for _, test := range tests {
		damaged := test.new
		if test.old != "" {
			if damaged = strings.Replace(text, test.old, test.new, 1); damaged == text {
				t.Fatalf("%s: nothing damaged", test.name)
			}
		}
		_, err := lightgbm.Parse([]byte(damaged))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "lightgbm: ") {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if _, err := lightgbm.Leaves([]byte(damaged)); err == nil {
			t.Errorf("%s: Leaves took it", test.name)
		}
	}
}

func TestAcceptedVariants(t *testing.T) {
	text := string(golden(t))
	for name, variant := range map[string]string{
		"v4":            strings.Replace(text, "version=v3", "version=v4", 1),
		"line ends":     strings.ReplaceAll(text, "\n", "\r\n"),
		"nothing after": text[:strings.Index(text, "end of trees")] + "end of trees",
		"further key":   strings.Replace(text, "version=v3", "version=v3\nmonotone_constraints=0 0 0", 1),
		"no weights":    strings.Replace(text, "leaf_weight=120.5 40.25 33.5 61.75\n", "", 1),
	} {
		m, err := lightgbm.Parse([]byte(variant))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if raw := m.Raw([]float64{0, 5000, 0.1}); raw != 0.35+0.2 {
			t.Errorf("%s: raw %v", name, raw)
		}
	}
}

func TestMarshalRefusesInvalid(t *testing.T) {
	for want, damage := range map[string]func(m *lightgbm.Model){
		"objective":       func(m *lightgbm.Model) { m.Objective = "binomial" },
		"tree_sizes":      func(m *lightgbm.Model) { m.Trees = nil },
		"feature_names":   func(m *lightgbm.Model) { m.Names = nil },
		"feature_infos":   func(m *lightgbm.Model) { m.Infos[1] = "a b" },
		"tree 1: thresh":  func(m *lightgbm.Model) { m.Trees[1].Threshold = nil },
		"objective: not":  func(m *lightgbm.Model) { m.Extra = []lightgbm.Field{{"objective", "x"}} },
		"parameters":      func(m *lightgbm.Model) { m.Parameters[0].Value = "a\nb" },
		"pandas_category": nil,
	} {
		m := parse(t, golden(t))
		if damage == nil {
			want = "pandas_categorical"
			m.PandasCategorical = "[\n]"
		} else {
			damage(m)
		}
		if _, err := m.Marshal(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// mutate damages a text as files get damaged: cut, flipped digits, lines lost,
// doubled or exchanged, list items removed.
func mutate(r *rand.Rand, text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(6) {
		case 0:
			lines = append(lines[:i:i], lines[i+1:]...)
			lines = append(lines, "")
		case 1:
			lines[i], lines[j] = lines[j], lines[i]
		case 2:
			lines[i] = lines[j]
		case 3: // another digit or sign
			b := []byte(lines[i])
			if len(b) > 0 {
				b[r.IntN(len(b))] = "0123456789-. =e"[r.IntN(15)]
			}
			lines[i] = string(b)
		case 4: // an item fewer
			if items := strings.Split(lines[i], " "); len(items) > 1 {
				k := r.IntN(len(items))
				lines[i] = strings.Join(append(items[:k:k], items[k+1:]...), " ")
			}
		case 5:
			all := strings.Join(lines, "\n")
			if r.IntN(8) == 0 {
				all = all[:r.IntN(len(all))]
			}
			lines = strings.Split(all, "\n")
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// Whatever Parse accepts, leaves opens, and both scorers end with the same
// answer.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	real := foreign(t)
	accepted := 0
	for i := range 6000 {
		text := golden(t)
		switch i % 3 {
		case 1:
			text = marshal(t, random(r, 4, 3))
		case 2:
			text = real[i/3%len(real)]
		}
		if score(t, r, mutate(r, text)) {
			accepted++
		}
	}
	if accepted < 600 || accepted > 5400 {
		t.Errorf("%d of 6000 accepted: the mutations test nothing", accepted)
	}
}

// foreign returns the files that Python LightGBM wrote.
func foreign(t testing.TB) (texts [][]byte) {
	files, err := filepath.Glob("testdata/foreign/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no files of LightGBM", err)
	}
	for _, file := range files {
		texts = append(texts, read(t, file))
	}
	return texts
}

// Damaged files, however long, are refused before anything is made of them.
func TestRefusedAtOnce(t *testing.T) {
	long := bytes.Repeat([]byte("0 "), 20<<20)
	for name, text := range map[string][]byte{
		"foreign":    long,
		"no header":  append([]byte("tree\n"), long...),
		"num_leaves": bytes.Replace(golden(t), []byte("num_leaves=4"), []byte("num_leaves=2147483647"), 1),
		"num_cat":    bytes.Replace(golden(t), []byte("num_cat=1"), []byte("num_cat=2147483647"), 1),
		"features":   bytes.Replace(golden(t), []byte("max_feature_idx=2"), []byte("max_feature_idx=2147483646"), 1),
		"boundaries": bytes.Replace(golden(t), []byte("cat_boundaries=0 2"), []byte("cat_boundaries=0 2147483647"), 1),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := lightgbm.Parse(text)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; err == nil || used > 1<<20+uint64(2*len(text)) {
			t.Errorf("%s: %v, with %d bytes", name, err, used)
		}
	}
}

// score reports whether the text is accepted, and compares the scorers if so.
func score(t testing.TB, r *rand.Rand, text []byte) bool {
	m, err := lightgbm.Parse(text)
	if err != nil {
		return false
	}
	scorer, err := lightgbm.Leaves(text)
	if err != nil {
		t.Fatalf("accepted, but %v:\n%s", err, text)
	}
	row := make([]float64, len(m.Names))
	for range 5 {
		randomRow(r, row)
		compare(t, m, scorer, row)
	}
	return true
}

func FuzzParse(f *testing.F) {
	f.Add(golden(f))
	r := rand.New(rand.NewPCG(7, 8))
	for range 5 {
		f.Add(marshal(f, random(r, 3, 2)))
	}
	for _, text := range foreign(f) {
		f.Add(text)
	}
	f.Add([]byte("tree\nversion=v3\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		score(t, rand.New(rand.NewPCG(9, 10)), text)
	})
}
