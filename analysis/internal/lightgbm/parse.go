package lightgbm

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// MaxSize is how long a model file may be, in bytes: about 100,000 trees of 31
// leaves.
const MaxSize = 256 << 20

// What a header holds at most: what is made of a line or of a name takes many times
// the memory of its text.
const (
	maxHeader   = 1000    // lines
	maxFeatures = 1 << 21 // items of a list of features
	leastTree   = 16      // bytes of a tree, by which the items of tree_sizes are bounded
)

// headerKeys are the header lines that have a place in [Model] or a fixed value.
var headerKeys = map[string]bool{
	"version": true, "num_class": true, "num_tree_per_iteration": true, "label_index": true, "max_feature_idx": true,
	"objective": true, "average_output": true, "feature_names": true, "feature_infos": true, "tree_sizes": true, originalNames: true,
}

// treeKeys are the lines a tree may have.
var treeKeys = map[string]bool{
	"num_leaves": true, "num_cat": true, "split_feature": true, "split_gain": true, "threshold": true, "decision_type": true,
	"left_child": true, "right_child": true, "leaf_value": true, "leaf_weight": true, "leaf_count": true,
	"internal_value": true, "internal_weight": true, "internal_count": true,
	"cat_boundaries": true, "cat_threshold": true, "is_linear": true, "shrinkage": true,
	"leaf_const": true, "num_features": true, "leaf_features": true, "leaf_coeff": true, // of linear trees
}

// Parse reads the text of a model and checks all of it, see [Model.Validate]. A
// model it returns can be scored without fear: no walk leaves a tree or goes
// round. Memory and time stay within a small factor of the text's length. The
// error names the line and the key.
func Parse(text []byte) (*Model, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("lightgbm: the file has %d bytes, more than %d", len(text), MaxSize)
	}
	if err := CheckHead(text[:min(len(text), HeadSize)]); err != nil {
		return nil, err
	}
	p := &parser{rest: text}
	m, err := p.model()
	if err != nil {
		return nil, fmt.Errorf("lightgbm: %w", err)
	}
	return m, nil
}

// early says what a file is that lacks what all have since.
const early = "files of LightGBM before 2.2: load it with LightGBM 2.3 or later, and save it again"

// HeadSize is how many bytes of a file [CheckHead] looks at.
const HeadSize = 4096

// CheckHead refuses, by its first bytes, a file that Parse will refuse: one that
// does not begin with the line "tree", or is no text.
func CheckHead(head []byte) error {
	if line, _, _ := bytes.Cut(head, []byte("\n")); string(bytes.TrimSuffix(line, []byte("\r"))) != "tree" {
		return fmt.Errorf("lightgbm: line 1: not a LightGBM model%s: it must be \"tree\", not %.40q", foreign(head), line[:min(len(line), 40)])
	}
	if at := bytes.IndexByte(head, 0); at >= 0 {
		return fmt.Errorf("lightgbm: line %d: not a LightGBM model: there is a zero byte", 1+bytes.Count(head[:at], []byte("\n")))
	}
	return nil
}

// A parser hands out the lines of a text.
type parser struct {
	rest   []byte
	number int // of the line that next returned, from 1
}

// next returns the next line without its end, and false after the last.
func (p *parser) next() (string, bool) {
	if len(p.rest) == 0 {
		return "", false
	}
	line, rest, _ := bytes.Cut(p.rest, []byte("\n"))
	p.rest = rest
	p.number++
	return string(bytes.TrimSuffix(line, []byte("\r"))), true
}

// A section is some lines key=value, and where each stands.
type section struct {
	from   int
	values map[string]string
	lines  map[string]int
}

func (s *section) put(line string, number int) error {
	key, value, _ := strings.Cut(line, "=")
	if at, double := s.lines[key]; double {
		return fmt.Errorf("line %d: %s: stands on line %d already", number, key, at)
	}
	s.values[key] = value
	s.lines[key] = number
	return nil
}

// locate puts the line number of its key before an error about a key.
func (s *section) locate(err error) error {
	var e *keyError
	if !errors.As(err, &e) {
		return err
	}
	if line, ok := s.lines[e.key]; ok {
		return fmt.Errorf("line %d: %w", line, err)
	}
	return fmt.Errorf("line %d: %w", s.from, err)
}

func newSection(from int) *section {
	return &section{from: from, values: map[string]string{}, lines: map[string]int{}}
}

func (p *parser) model() (*Model, error) {
	if line, _ := p.next(); line != "tree" {
		return nil, fmt.Errorf("line 1: not a LightGBM model: it must be \"tree\", not %.40q", line)
	}
	m := &Model{}
	header := newSection(1)
	line, ok := p.next()
	for ; ok && !strings.HasPrefix(line, "Tree="); line, ok = p.next() {
		if line == "" {
			continue
		}
		if line == "end of trees" {
			return nil, fmt.Errorf("line %d: the model has no tree", p.number)
		}
		if len(header.values) == maxHeader {
			return nil, fmt.Errorf("line %d: the header has more than %d lines", p.number, maxHeader)
		}
		if err := header.put(line, p.number); err != nil {
			return nil, err
		}
		if key, value, _ := strings.Cut(line, "="); !headerKeys[key] {
			m.Extra = append(m.Extra, Field{key, value})
		}
	}
	if !ok {
		return nil, fmt.Errorf("line %d: the file ends before the first tree", p.number)
	}
	trees, err := m.readHeader(header, len(p.rest)/leastTree)
	if err != nil {
		return nil, header.locate(err)
	}
	for ; ok && line != "end of trees"; line, ok = p.next() {
		if line == "" {
			continue
		}
		if line == "feature importances:" {
			return nil, fmt.Errorf("line %d: the trees end without \"end of trees\", as in %s", p.number, early)
		}
		if want := "Tree=" + strconv.Itoa(len(m.Trees)); line != want {
			return nil, fmt.Errorf("line %d: %s must stand here, not %.40q", p.number, want, line)
		}
		if len(m.Trees) == trees {
			return nil, fmt.Errorf("line %d: more trees than the %d of tree_sizes", p.number, trees)
		}
		t, err := p.tree(len(m.Names))
		if err != nil {
			return nil, err
		}
		m.Trees = append(m.Trees, t)
	}
	if !ok {
		return nil, fmt.Errorf("line %d: the file ends before \"end of trees\"", p.number)
	}
	if len(m.Trees) != trees {
		return nil, fmt.Errorf("line %d: %d trees, but tree_sizes on line %d has %d", p.number, len(m.Trees), header.lines["tree_sizes"], trees)
	}
	p.tail(m)
	if err := m.validateHeader(); err != nil {
		return nil, header.locate(err)
	}
	return m, nil
}

// readHeader fills the model from the header and returns how many trees follow, as
// many as there is room for at most.
func (m *Model) readHeader(h *section, room int) (trees int, err error) {
	for _, key := range []string{"version", "num_class", "num_tree_per_iteration", "max_feature_idx", "feature_names", "feature_infos", "tree_sizes"} {
		if _, ok := h.values[key]; ok {
			continue
		}
		if v := h.values["version"]; v == "" || v == "v2" {
			return 0, wrong(key, "the header has no such line, as in %s", early)
		}
		return 0, wrong(key, "the header has no such line")
	}
	if v := h.values["version"]; v != "v2" && v != "v3" && v != "v4" {
		return 0, wrong("version", "%.40q is not known: must be v2, v3 or v4", v)
	}
	for _, key := range []string{"num_class", "num_tree_per_iteration"} {
		if v := h.values[key]; v != "1" {
			return 0, wrong(key, "%.40q is not supported: must be 1, models of one output only", v)
		}
	}
	for key, most := range map[string]int{"feature_names": maxFeatures, "feature_infos": maxFeatures, originalNames: maxFeatures, "tree_sizes": room + 1} {
		if n := strings.Count(h.values[key], " ") + 1; n > most {
			return 0, wrong(key, "%d items are more than %d", n, most)
		}
	}
	m.Objective = h.values["objective"]
	_, m.AverageOutput = h.values["average_output"]
	m.Names = strings.Split(h.values["feature_names"], " ")
	if v := h.values["max_feature_idx"]; v != strconv.Itoa(len(m.Names)-1) {
		return 0, wrong("max_feature_idx", "%.40q, but feature_names has %d items", v, len(m.Names))
	}
	if slices.Contains(m.Names, "") {
		return 0, wrong("feature_names", "an item is empty")
	}
	m.Infos = strings.Split(h.values["feature_infos"], " ")
	if v, ok := h.values[originalNames]; ok {
		words := strings.Split(v, " ")
		if len(words) != len(m.Names) {
			return 0, wrong(originalNames, "%d items, but feature_names has %d", len(words), len(m.Names))
		}
		safe := m.Names
		m.Names = make([]string, len(words))
		for i, word := range words {
			if m.Names[i], err = url.QueryUnescape(word); err != nil {
				return 0, wrong(originalNames, "item %d: %v", i, err)
			}
		}
		if !slices.Equal(SafeNames(m.Names), safe) {
			return 0, wrong(originalNames, "does not belong to feature_names")
		}
	}
	sizes := strings.Split(h.values["tree_sizes"], " ")
	for i, size := range sizes {
		if n, err := strconv.Atoi(size); err != nil || n < 1 || n > MaxSize {
			return 0, wrong("tree_sizes", "item %d is %.40q: must be a number of bytes", i, size)
		}
	}
	return len(sizes), nil
}

// tree reads the lines after "Tree=i" up to the blank line that ends the block.
func (p *parser) tree(features int) (Tree, error) {
	s := newSection(p.number)
	for line, ok := p.next(); ok && line != ""; line, ok = p.next() {
		if key, _, pair := strings.Cut(line, "="); !pair || !treeKeys[key] {
			return Tree{}, fmt.Errorf("line %d: %.40q is not a line of a tree that this reader knows", p.number, line)
		}
		if err := s.put(line, p.number); err != nil {
			return Tree{}, err
		}
	}
	t, err := s.tree(features)
	if err != nil {
		return Tree{}, s.locate(err)
	}
	return t, nil
}

func (s *section) tree(features int) (t Tree, err error) {
	for _, key := range []string{"num_leaves", "num_cat", "leaf_value", "split_feature", "threshold", "decision_type", "left_child", "right_child"} {
		if _, ok := s.lines[key]; !ok && s.values["num_leaves"] != "1" {
			return t, wrong(key, "the tree has no such line")
		}
	}
	if v := s.values["is_linear"]; v != "" && v != "0" {
		return t, wrong("is_linear", "linear trees are not supported: their leaves hold equations")
	}
	read := func(key string, list func(string) error) {
		if v := s.values[key]; err == nil && v != "" {
			if e := list(v); e != nil {
				err = wrong(key, "%v", e)
			}
		}
	}
	read("split_feature", ints(&t.SplitFeature))
	read("split_gain", floats(&t.SplitGain))
	read("threshold", floats(&t.Threshold))
	read("decision_type", ints(&t.DecisionType))
	read("left_child", ints(&t.Left))
	read("right_child", ints(&t.Right))
	read("leaf_value", floats(&t.LeafValue))
	read("leaf_weight", floats(&t.LeafWeight))
	read("leaf_count", ints(&t.LeafCount))
	read("internal_value", floats(&t.InternalValue))
	read("internal_weight", floats(&t.InternalWeight))
	read("internal_count", ints(&t.InternalCount))
	read("cat_boundaries", ints(&t.CatBoundaries))
	read("cat_threshold", ints(&t.CatThreshold))
	t.Shrinkage = 1
	read("shrinkage", func(v string) error {
		t.Shrinkage, err = strconv.ParseFloat(v, 64)
		return err
	})
	if err != nil {
		return t, err
	}
	if v := s.values["num_leaves"]; v != strconv.Itoa(len(t.LeafValue)) {
		return t, wrong("num_leaves", "%.40q, but leaf_value has %d items", v, len(t.LeafValue))
	}
	if v := s.values["num_cat"]; v != strconv.Itoa(max(0, len(t.CatBoundaries)-1)) {
		return t, wrong("num_cat", "%.40q, but cat_boundaries has %d items", v, len(t.CatBoundaries))
	}
	return t, t.validate(features)
}

func ints[T uint8 | int32 | uint32 | int64](to *[]T) func(string) error {
	return func(list string) error {
		out := make([]T, 0, strings.Count(list, " ")+1)
		for item := range strings.SplitSeq(list, " ") {
			v, err := strconv.ParseInt(item, 10, 64)
			if err != nil || int64(T(v)) != v {
				return fmt.Errorf("item %d is %.40q: must be an integer in range", len(out), item)
			}
			out = append(out, T(v))
		}
		*to = out
		return nil
	}
}

func floats(to *[]float64) func(string) error {
	return func(list string) error {
		out := make([]float64, 0, strings.Count(list, " ")+1)
		for item := range strings.SplitSeq(list, " ") {
			v, err := strconv.ParseFloat(item, 64)
			if err != nil && !isNaN(item) {
				return fmt.Errorf("item %d is %.40q: must be a number", len(out), item)
			}
			if err != nil {
				v = math.NaN()
			}
			out = append(out, v)
		}
		*to = out
		return nil
	}
}

// isNaN reports whether the text is one of NaN that C libraries write beside "nan":
// -nan, nan(ind), -nan(ind).
func isNaN(item string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimPrefix(item, "-")), "nan")
}

// tail reads what follows the trees: the parameters and pandas_categorical. All
// of it is informative, so what is not understood is passed over.
func (p *parser) tail(m *Model) {
	inside := false
	for line, ok := p.next(); ok; line, ok = p.next() {
		switch {
		case line == "parameters:":
			inside = true
		case line == "end of parameters":
			inside = false
		case inside && strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			key, value, ok := strings.Cut(line[1:len(line)-1], ": ")
			if ok && key != "" && !strings.ContainsAny(key, ":]") {
				m.Parameters = append(m.Parameters, Field{key, value})
			}
		case strings.HasPrefix(line, "pandas_categorical:"):
			if v := strings.TrimPrefix(line, "pandas_categorical:"); v != "null" {
				m.PandasCategorical = v
			}
		}
	}
}
