package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

type keyMemo struct {
	once sync.Once
	key  string
	err  error
}

// ErrNoIdentity is returned by [Key] for a recipe that holds Go code without a
// version: nothing can be kept under its name.
var ErrNoIdentity = errors.New("the recipe holds Go code without a Version method")

// An Unkeyed operation may have no stable identity: Identity returns what stands
// for its Go code in the key, or ErrNoIdentity.
type Unkeyed interface{ Identity() (string, error) }

// Key returns the recipe key of n: SHA-256, in hexadecimal, over the operation,
// its arguments and the parents' keys. source gives the identity of the files
// that a ReadCSV or a ReadFile reads. The key is computed once a node.
func Key(n *Node, source func(Op) (string, error)) (string, error) {
	n.memo.once.Do(func() { n.memo.key, n.memo.err = key(n, source) })
	return n.memo.key, n.memo.err
}

func key(n *Node, source func(Op) (string, error)) (string, error) {
	text, err := appendValue(nil, reflect.ValueOf(n.Op))
	if err != nil {
		return "", fmt.Errorf("recipe key of %s: %w", n.Op.Describe(), err)
	}
	identity := ""
	switch op := n.Op.(type) {
	case ReadCSV, ReadFile:
		identity, err = source(op)
	case Unkeyed:
		identity, err = op.Identity()
	case Drawing:
		// The parents' keys do not tell it: of rows that were computed and entered
		// again they hold the content only.
		if round := Round(n); round > 0 {
			identity = fmt.Sprintf("round %d", round)
		}
	}
	if err != nil {
		return "", err
	}
	text = appendText(text, identity)
	for _, p := range n.Parents {
		k, err := Key(p, source)
		if err != nil {
			return "", err
		}
		text = appendText(text, k)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
