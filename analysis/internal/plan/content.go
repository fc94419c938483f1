package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// Held returns the operation that gives b: a frame made of values at hand,
// identified by SHA-256 over names, types, nulls and values; what lies under a
// null is no part of it. There must be no Vector among them. It costs a pass over
// the columns.
func Held(b *column.Batch) FromColumns {
	d := digest{Hash: sha256.New()}
	d.number(uint64(len(b.Columns)))
	for _, c := range b.Columns {
		d.column(c)
	}
	return FromColumns{Batch: b, Content: hex.EncodeToString(d.Sum(nil))}
}

// A digest is a hash that is written to in blocks.
type digest struct {
	hash.Hash
	block []byte
}

func (d *digest) number(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	d.Write(b[:])
}

func (d *digest) text(s string) {
	d.number(uint64(len(s)))
	d.Write([]byte(s))
}

func (d *digest) column(c *column.Column) {
	d.text(c.Name)
	d.text(c.Type.String())
	d.number(uint64(c.Len))
	d.number(uint64(c.Nulls))
	d.number(uint64(len(c.Dictionary)))
	for _, s := range c.Dictionary {
		d.text(s)
	}
	const rows = 4096 // hashed at once
	for from := 0; from < c.Len; from += rows {
		d.block = d.block[:0]
		for i := from; i < min(from+rows, c.Len); i++ {
			var bits uint64
			switch {
			case c.IsNull(i):
				d.block = append(d.block, 0)
				continue
			case c.Type == column.Int32:
				bits = uint64(c.Int32s[i])
			case c.Type == column.Int64 || c.Type == column.Timestamp:
				bits = uint64(c.Int64s[i])
			case c.Type == column.Float64:
				bits = math.Float64bits(c.Float64s[i])
			case c.Type == column.Bool:
				if c.Bool(i) {
					bits = 1
				}
			case c.Plain():
				text := c.Text(i)
				d.block = append(binary.LittleEndian.AppendUint64(append(d.block, 1), uint64(len(text))), text...)
				continue
			case c.Type == column.String:
				bits = uint64(c.Code(i))
			}
			d.block = binary.LittleEndian.AppendUint64(append(d.block, 1), bits)
		}
		d.Write(d.block)
	}
}
