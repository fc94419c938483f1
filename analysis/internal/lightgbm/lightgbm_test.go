package lightgbm_test

import (
	"bytes"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden returns the hand-written model: a categorical split with a bitset of
// two words, numeric splits, two trees.
func golden(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func parse(t testing.TB, text []byte) *lightgbm.Model {
	t.Helper()
	m, err := lightgbm.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func marshal(t testing.TB, m *lightgbm.Model) []byte {
	t.Helper()
	text, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The expected scores were printed by LightGBM 4.6.0.99 for this file.
func TestGoldenScores(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		row              []float64
		raw, probability float64
	}{
		{[]float64{0, 100, 0.1}, -0.52, 0.372852},
		{[]float64{0, 5000, 0.1}, 0.55, 0.634136},
		{[]float64{1, 100, 0.1}, 0.08, 0.519989},
		{[]float64{1, 100, 0.9}, 1.00, 0.731059},
		{[]float64{35, 5000, 0.9}, 0.55, 0.634136},
		{[]float64{36, 5000, 0.9}, 1.30, 0.785835},
		{[]float64{nan, nan, nan}, 1.30, 0.785835},
		{[]float64{2, 1536.5, 0.75}, -0.52, 0.372852},
	}
	m := parse(t, golden(t))
	for _, test := range tests {
		raw := m.Raw(test.row)
		if math.Abs(raw-test.raw) > 1e-12 || math.Abs(m.Transform(raw)-test.probability) > 5e-7 {
			t.Errorf("%v: raw %v, probability %v; want %v, %v", test.row, raw, m.Transform(raw), test.raw, test.probability)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	m := parse(t, golden(t))
	m.Extra = []lightgbm.Field{{"pipeline_sha256", "0123"}, {"bare", ""}}
	text := marshal(t, m)
	again := parse(t, text)
	if !reflect.DeepEqual(m, again) {
		t.Errorf("read back:\n%+v\nwant:\n%+v", again, m)
	}
	if twice := marshal(t, again); !bytes.Equal(text, twice) {
		t.Errorf("written twice:\n%s\nand:\n%s", text, twice)
	}
	path := "testdata/written.txt"
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("written:\n%s\nwant %s", text, path)
	}
}

// LightGBM jumps by tree_sizes: item i is the length of block i, blank lines
// included, and the blocks follow each other.
func TestTreeSizes(t *testing.T) {
	text := string(marshal(t, random(rand.New(rand.NewPCG(1, 2)), 4, 6)))
	_, line, _ := strings.Cut(text, "tree_sizes=")
	line, _, _ = strings.Cut(line, "\n")
	rest := text[strings.Index(text, "Tree=0"):]
	for size := range strings.SplitSeq(line, " ") {
		n := 0
		for _, digit := range size {
			n = 10*n + int(digit-'0')
		}
		if !strings.HasPrefix(rest, "Tree=") || !strings.HasSuffix(rest[:n], "\n\n\n") {
			t.Fatalf("block of %d bytes is %q", n, rest[:n])
		}
		rest = rest[n:]
	}
	if !strings.HasPrefix(rest, "end of trees\n") {
		t.Errorf("after the last block: %.40q", rest)
	}
}

func TestNamesSurvive(t *testing.T) {
	m := parse(t, golden(t))
	for _, names := range [][]string{
		{"kworker/2:1", "<vsftpd>", "a = b"},
		{"", "a  b ", "größe\xff"},
		{"same", "same", "same_2"},
		{"a+b", "%41", "line\nbreak\x00\"quoted\",{x}[y]\\"},
	} {
		m.Names = names
		text := marshal(t, m)
		if again := parse(t, text); !slices.Equal(again.Names, names) {
			t.Errorf("names %q came back as %q", names, again.Names)
		}
		if _, err := lightgbm.Leaves(text); err != nil {
			t.Errorf("names %q: %v", names, err)
		}
	}
}

func TestSafeNames(t *testing.T) {
	tests := []struct{ names, want []string }{
		{[]string{"CMD_kworker/2:1", "<vsftpd>", "a = b", "größe"}, []string{"CMD_kworker/2_1", "<vsftpd>", "a___b", "größe"}},
		{[]string{"a b", "a_b", "a=b", "a_b"}, []string{"a_b_2", "a_b", "a_b_3", "a_b_4"}},
		{[]string{"", "", "feature"}, []string{"feature_2", "feature_3", "feature"}},
		{nil, []string{}},
	}
	for _, test := range tests {
		got := lightgbm.SafeNames(test.names)
		if !slices.Equal(got, test.want) {
			t.Errorf("SafeNames(%q) = %q, want %q", test.names, got, test.want)
		}
		if twice := lightgbm.SafeNames(got); !slices.Equal(twice, got) {
			t.Errorf("SafeNames(%q) = %q: safe names must stay", got, twice)
		}
	}
}

// random returns a valid model: trees of all shapes with every decision type.
func random(r *rand.Rand, features, trees int) *lightgbm.Model {
	m := &lightgbm.Model{Objective: lightgbm.Binary}
	if r.IntN(3) == 0 {
		m.Objective, m.AverageOutput = lightgbm.Regression, true
	}
	for f := range features {
		m.Names = append(m.Names, string(rune('a'+f)))
		m.Infos = append(m.Infos, "[-3:3]")
	}
	for range trees {
		leaves := 1 + r.IntN(12)
		t := lightgbm.Tree{Shrinkage: 0.1, LeafValue: make([]float64, leaves)}
		for i := range t.LeafValue {
			t.LeafValue[i] = r.NormFloat64()
			t.LeafCount = append(t.LeafCount, int64(i))
		}
		for node := range leaves - 1 {
			kind := []uint8{0, 2, 4, 6, 8, 10, 1, 9}[r.IntN(8)]
			threshold := math.Round(4*r.NormFloat64()) / 4
			if kind&lightgbm.Categorical != 0 {
				if t.CatBoundaries == nil {
					t.CatBoundaries = []int32{0}
				}
				threshold = float64(len(t.CatBoundaries) - 1)
				for range 1 + r.IntN(2) {
					t.CatThreshold = append(t.CatThreshold, 1|r.Uint32())
				}
				t.CatBoundaries = append(t.CatBoundaries, int32(len(t.CatThreshold)))
			}
			t.SplitFeature = append(t.SplitFeature, int32(r.IntN(features)))
			t.SplitGain = append(t.SplitGain, r.Float64())
			t.Threshold = append(t.Threshold, threshold)
			t.DecisionType = append(t.DecisionType, kind)
			t.Left = append(t.Left, ^int32(node)) // the place of leaf node ...
			t.Right = append(t.Right, ^int32(node+1))
			if node > 0 { // ... which one of the nodes before must give up
				for {
					list := [2][]int32{t.Left, t.Right}[r.IntN(2)]
					parent := r.IntN(node)
					if list[parent] < 0 {
						t.Left[node] = list[parent]
						list[parent] = int32(node)
						break
					}
				}
			}
		}
		m.Trees = append(m.Trees, t)
	}
	return m
}

func randomRow(r *rand.Rand, row []float64) {
	special := []float64{math.NaN(), 0, 1e-36, -1, -0.5, 2.9, 40, 1e30, -1e30, math.Inf(1), math.Inf(-1)}
	for i := range row {
		row[i] = math.Round(16*r.NormFloat64()) / 4
		if r.IntN(4) == 0 {
			row[i] = special[r.IntN(len(special))]
		}
	}
}

// Our scorer and the leaves library agree on every decision type and on values
// at the edges. (For NaN at decision type 1 leaves depends on the processor, see
// the guard.)
func TestScoresEqualLeaves(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	row := make([]float64, 5)
	for range 200 {
		m := random(r, len(row), 1+r.IntN(5))
		text := marshal(t, m)
		scorer, err := lightgbm.Leaves(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for range 50 {
			randomRow(r, row)
			compare(t, m, scorer, row)
		}
	}
}

func compare(t testing.TB, m *lightgbm.Model, scorer *lightgbm.Scorer, row []float64) {
	t.Helper()
	raw, err := scorer.Raw(row)
	if err != nil {
		t.Fatal(err)
	}
	got := m.Raw(row)
	size := 1.0 // large leaves of opposite sign may cancel
	for i := range m.Trees {
		size = max(size, math.Abs(slices.Max(m.Trees[i].LeafValue)), math.Abs(slices.Min(m.Trees[i].LeafValue)))
	}
	if math.Abs(got-raw) > 1e-12*size {
		t.Errorf("row %v: %v, leaves %v", row, got, raw)
	}
	if m.Objective != lightgbm.Regression && (m.Objective != lightgbm.Binary || m.AverageOutput) {
		if _, err := scorer.Transformed(row); err == nil {
			t.Errorf("leaves says that it knows objective %q, averaged: %v", m.Objective, m.AverageOutput)
		}
		return
	}
	transformed, err := scorer.Transformed(row)
	if err != nil {
		t.Fatal(err)
	}
	if p := m.Transform(got); math.Abs(p-transformed) > 1e-12*size {
		t.Errorf("row %v: transformed %v, leaves %v", row, p, transformed)
	}
}
