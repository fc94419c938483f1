package toniot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// An Activity is one of the two tables of the data set.
type Activity int

// The activities.
const (
	ProcessActivity Activity = iota
	MemoryActivity
)

// String returns the activity's name in the files: process or memory.
func (a Activity) String() string {
	if a == MemoryActivity {
		return "memory"
	}
	return "process"
}

// DataVariable is the environment variable that names the data's directory.
const DataVariable = "KELPIE_DATA"

// dataDir is where the data lies in a checkout.
var dataDir = filepath.Join(".kelpie", "data")

// Find returns the paths of the activity's CSV files, in the order of their
// numbers. It looks in the directory that KELPIE_DATA names, otherwise in the
// nearest .kelpie/data at or above the working directory. That one must be a folder
// that nobody else can have put there ([files.Trusted]): otherwise the error says
// whose it is. Names may be those of the course or of TON_IoT: linux_process_1.csv,
// Linux_process_1.csv, linux_memory1.csv; case and underscores do not matter. Two
// files with one number, or none at all, are an error.
func Find(a Activity) ([]string, error) {
	dir := os.Getenv(DataVariable)
	if dir == "" {
		var err error
		if dir, err = nearestData(); err != nil {
			return nil, fmt.Errorf("toniot: find the %s files: %w", a, visible.Error(err))
		}
	}
	return FindIn(dir, a)
}

// FindIn is Find in one directory.
func FindIn(dir string, a Activity) ([]string, error) {
	paths, err := filesIn(dir, a)
	if err != nil {
		return nil, fmt.Errorf("toniot: find the %s files: %w", a, visible.Error(err))
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("toniot: no %s files (linux_%s_1.csv, linux_%s_2.csv) in %s: %w", a, a, a, visible.Text(dir), fs.ErrNotExist)
	}
	for i := 1; i < len(paths); i++ {
		before, _ := fileNumber(filepath.Base(paths[i-1]), a)
		if n, _ := fileNumber(filepath.Base(paths[i]), a); n == before {
			return nil, fmt.Errorf("toniot: %s and %s both claim to be %s file %d", visible.Text(paths[i-1]), visible.Text(paths[i]), a, n)
		}
	}
	return paths, nil
}

// nearestData returns the first .kelpie/data upward from the working directory. The
// search does not go on above one that is refused: other data is not what was meant.
func nearestData() (string, error) {
	dir, refused, err := files.Upward(dataDir)
	switch {
	case len(refused) > 0:
		return "", fmt.Errorf("%w; to use it, set %s=%s", refused[0], DataVariable, visible.Text(refused[0].Folder))
	case err != nil:
		return "", err
	case dir == "":
		return "", fmt.Errorf("%s is not set, and there is no %s at or above the working directory: %w", DataVariable, dataDir, fs.ErrNotExist)
	}
	return dir, nil
}

// filesIn returns the activity's files in dir by number, then name; none if dir
// does not exist.
func filesIn(dir string, a Activity) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var paths []string
	number := map[string]int{}
	for _, entry := range entries {
		if n, ok := fileNumber(entry.Name(), a); ok && !entry.IsDir() {
			path := filepath.Join(dir, entry.Name())
			paths = append(paths, path)
			number[path] = n
		}
	}
	sort.SliceStable(paths, func(i, j int) bool { return number[paths[i]] < number[paths[j]] })
	return paths, nil
}

// fileNumber reports whether name is that of a file of the activity, and which:
// "linux", the activity, a number, ".csv", in any case and with or without
// underscores between them.
func fileNumber(name string, a Activity) (int, bool) {
	rest, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(name), "_", ""), "linux"+a.String())
	if !ok {
		return 0, false
	}
	digits, ok := strings.CutSuffix(rest, ".csv")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}
