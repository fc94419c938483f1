package ml

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// A lightGBMFile is a file of LightGBM that was read. Its features may be
// categorical in two ways: by a number, or, as a pandas category, by a text, whose
// number is its place in a list. The file has the lists, in the order of the
// features, but not their features' names.
type lightGBMFile struct {
	name, checksum string
	trees          *lightgbm.Model
	columns        []string // one a feature
	lists          [][]string
	candidates     []int // the features that the lists may belong to, in order

	lock    sync.Mutex
	settled map[string]*PipelineModel // by which features were chosen
}

// choose returns the features that the lists belong to. Where the file leaves it
// open, settled is false.
func (l *lightGBMFile) choose() (chosen []int, settled bool, err error) {
	switch {
	case len(l.lists) == 0: // all categories are numbers
		return nil, true, nil
	case len(l.lists) == len(l.candidates):
		return l.candidates, true, nil
	case len(l.lists) > len(l.candidates):
		return nil, false, fmt.Errorf("pandas_categorical: the categories of %d columns, but %s categorical: the file does not say which are pandas'", len(l.lists), l.are())
	}
	// A list cannot be that of a feature whose training rows had codes beyond it.
	// What the first features that can have them, and the last, agree on is certain.
	most := make([]int, len(l.candidates))
	for i, k := range l.candidates {
		most[i] = greatestCode(l.trees.Infos[k])
	}
	var first, last []int
	for i := range l.candidates {
		if len(first) < len(l.lists) && most[i] < len(l.lists[len(first)]) {
			first = append(first, l.candidates[i])
		}
		at := len(l.candidates) - 1 - i
		if len(last) < len(l.lists) && most[at] < len(l.lists[len(l.lists)-1-len(last)]) {
			last = append(last, l.candidates[at])
		}
	}
	if len(first) < len(l.lists) {
		return nil, false, fmt.Errorf("pandas_categorical: the lists are shorter than the categories of the features: %s categorical", l.are())
	}
	slices.Reverse(last)
	return first, slices.Equal(first, last), nil
}

// greatestCode returns the greatest category of an item of feature_infos, such as
// "-1:0:2", and -1 where it has none.
func greatestCode(info string) int {
	most := -1
	if strings.HasPrefix(info, "[") {
		return most
	}
	for item := range strings.SplitSeq(info, ":") {
		if code, err := strconv.Atoi(item); err == nil {
			most = max(most, code)
		}
	}
	return most
}

// are lists the candidates, for a message.
func (l *lightGBMFile) are() string {
	switch names := l.names(); len(names) {
	case 0:
		return "no feature is"
	case 1:
		return names[0] + " is"
	default:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
	}
}

func (l *lightGBMFile) names() []string {
	var names []string
	for _, k := range l.candidates {
		names = append(names, strconv.Quote(l.columns[k]))
	}
	return names
}

// open is the error of what needs to know which features are texts.
func (l *lightGBMFile) open() error {
	return fmt.Errorf("the categories of %d of the columns %s are texts, and the file does not say of which: say so, as in model.WithTextColumns(%q)",
		len(l.lists), strings.Join(l.names(), ", "), l.columns[l.candidates[0]])
}

// of returns the model for a frame, whose types say which of the columns are texts.
func (l *lightGBMFile) of(f analysis.Frame) (*PipelineModel, error) {
	var chosen []int
	for _, k := range l.candidates {
		t, err := typeOf(f, l.columns[k])
		if err != nil {
			return nil, err
		}
		if t == column.String || t == column.Bool {
			chosen = append(chosen, k)
		}
	}
	if len(chosen) != len(l.lists) {
		return nil, l.open()
	}
	return l.model(chosen, true)
}

// model returns the model with these features as texts; marked says that the file
// does not say so itself.
func (l *lightGBMFile) model(chosen []int, marked bool) (*PipelineModel, error) {
	key := fmt.Sprint(chosen)
	l.lock.Lock()
	defer l.lock.Unlock()
	if m := l.settled[key]; m != nil {
		return m, nil
	}
	labels := make([][]string, len(l.columns))
	for i, k := range chosen {
		if most := greatestCode(l.trees.Infos[k]); most >= len(l.lists[i]) {
			return nil, fmt.Errorf("column %q cannot have the texts of list %d of pandas_categorical: it had category %d in training, the list has %d texts", l.columns[k], i+1, most, len(l.lists[i]))
		}
		labels[k] = l.lists[i]
	}
	arguments := l.checksum + strings.Join(l.columns, "\x00")
	if marked {
		arguments += "\x00\x00" + key
	}
	m, err := l.build(labels, arguments)
	if err == nil {
		if l.settled == nil {
			l.settled = map[string]*PipelineModel{}
		}
		l.settled[key] = m
	}
	return m, err
}

// WithTextColumns returns the model of a LightGBM file with these columns looked
// up by their texts, and the other categorical ones by their numbers. It is for a
// file that has both kinds and does not say which is which, where no frame's types
// do either: a model of such a file settles it by the frame that it transforms,
// and until then cannot be saved or summarised.
func (m *PipelineModel) WithTextColumns(columns ...string) (*PipelineModel, error) {
	out, err := m.withTextColumns(columns)
	if err != nil {
		return nil, fmt.Errorf("ml: text columns: %w", bare(err))
	}
	return out, nil
}

func (m *PipelineModel) withTextColumns(columns []string) (*PipelineModel, error) {
	l := m.file
	if l == nil {
		return nil, fmt.Errorf("%s leaves nothing open: its columns are texts or not as fitting or the file says", m.pipeline)
	}
	var chosen []int
	for _, name := range columns {
		at := slices.IndexFunc(l.candidates, func(k int) bool { return l.columns[k] == name })
		if at < 0 {
			return nil, fmt.Errorf("column %q is not categorical; %s categorical", name, l.are())
		}
		if !slices.Contains(chosen, l.candidates[at]) {
			chosen = append(chosen, l.candidates[at])
		}
	}
	if len(chosen) != len(l.lists) {
		return nil, fmt.Errorf("%d columns, but the file has the texts of %d", len(chosen), len(l.lists))
	}
	slices.Sort(chosen)
	return l.model(chosen, true)
}

// forFrame returns the model to be used with f: m itself, unless the file leaves
// open which columns are texts.
func (m *PipelineModel) forFrame(f analysis.Frame) (*PipelineModel, error) {
	if m.file == nil {
		return m, nil
	}
	return m.file.of(f)
}

// pandasLists returns the texts of each pandas category, in the order of their
// codes.
func pandasLists(text string) ([][]string, error) {
	if text == "" {
		return nil, nil
	}
	var lists [][]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&lists); err != nil {
		return nil, fmt.Errorf("pandas_categorical: %w", err)
	}
	out := make([][]string, len(lists))
	for i, list := range lists {
		out[i] = make([]string, len(list))
		for code, label := range list {
			var err error
			if out[i][code], err = pandasLabel(label); err != nil {
				return nil, fmt.Errorf("pandas_categorical: %w", err)
			}
		}
	}
	return out, nil
}

// pandasLabel returns a category as a frame has it as text.
func pandasLabel(label any) (string, error) {
	switch label := label.(type) {
	case string:
		return label, nil
	case bool:
		return strconv.FormatBool(label), nil
	case json.Number:
		if _, err := label.Int64(); err == nil && label != "-0" {
			return label.String(), nil
		}
		v, err := label.Float64()
		if v == 0 {
			v = math.Abs(v)
		}
		return strconv.FormatFloat(v, 'g', -1, 64), err
	}
	return "", fmt.Errorf("%v is neither a text nor a number", label)
}

// candidates returns the features that are categorical: those of the parameter
// categorical_feature, which has those of a single category too, or else those
// whose feature_infos say so. Where that is too few for the lists, all that have
// no infos count.
func candidates(m *lightgbm.Model, lists int) []int {
	var listed, seen, unused []int
	for _, p := range m.Parameters {
		if p.Key != "categorical_feature" {
			continue
		}
		for item := range strings.SplitSeq(p.Value, ",") {
			if k, err := strconv.Atoi(item); err == nil && k >= 0 && k < len(m.Names) {
				listed = append(listed, k)
			}
		}
	}
	for k, info := range m.Infos {
		switch {
		case info == "none":
			unused = append(unused, k)
		case !strings.HasPrefix(info, "["):
			seen = append(seen, k)
		}
	}
	slices.Sort(listed)
	listed = slices.Compact(listed)
	missing := func(k int) bool { _, found := slices.BinarySearch(listed, k); return !found }
	switch {
	case len(listed) >= lists && !slices.ContainsFunc(seen, missing):
		return listed
	case len(seen) < lists && len(seen)+len(unused) == lists:
		seen = append(seen, unused...)
		slices.Sort(seen)
	}
	return seen
}
