package store

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// bytes keeps a blob in a frame; all numbers are little-endian:
//
//	blobMagic | made: int64, Unix seconds | lengths of key, notes, data: uint64 each | key | notes | data | CRC-32C of all before: uint32
var bytes = format[[]byte]{kind: Bytes, write: writeBlob, read: readBlob}

const (
	blobMagic = "KELPIE1\n"
	blobHead  = len(blobMagic) + 4*8
)

func writeBlob(w io.Writer, key string, data, notes []byte) (crc uint32, err error) {
	head := []byte(blobMagic)
	head = binary.LittleEndian.AppendUint64(head, uint64(time.Now().Unix()))
	for _, n := range []int{len(key), len(notes), len(data)} {
		head = binary.LittleEndian.AppendUint64(head, uint64(n))
	}
	for _, part := range [][]byte{head, []byte(key), notes, data} {
		crc = crc32.Update(crc, castagnoli, part)
		if _, err := w.Write(part); err != nil {
			return 0, err
		}
	}
	_, err = w.Write(binary.LittleEndian.AppendUint32(nil, crc))
	return crc, err
}

func readBlob(file *os.File, key string, _ func(uint32) bool) (data, notes []byte, _ *proof, crc uint32, err error) {
	frame, err := io.ReadAll(file)
	if err != nil {
		return nil, nil, nil, 0, err
	}
	b, err := parseBlob(frame)
	if err == nil && b.key != key {
		err = damaged("it holds the key %q", b.key)
	}
	if err != nil {
		return nil, nil, nil, 0, err
	}
	return b.data, b.notes, nil, b.crc, nil
}

type blob struct {
	made        time.Time
	key         string
	notes, data []byte
	crc         uint32
}

func parseBlob(frame []byte) (b blob, err error) {
	if len(frame) < blobHead+4 || string(frame[:len(blobMagic)]) != blobMagic {
		return b, damaged("not a complete blob")
	}
	rest, end := frame[:len(frame)-4], frame[len(frame)-4:]
	b.crc = binary.LittleEndian.Uint32(end)
	if sum := crc32.Checksum(rest, castagnoli); sum != b.crc {
		return b, damaged("its checksum is %x, its content's %x", b.crc, sum)
	}
	b.made = time.Unix(int64(binary.LittleEndian.Uint64(rest[len(blobMagic):])), 0)
	sizes := rest[len(blobMagic)+8 : blobHead]
	rest = rest[blobHead:]
	parts := make([][]byte, 3)
	for i := range parts {
		n := binary.LittleEndian.Uint64(sizes[8*i:])
		if n > uint64(len(rest)) {
			return b, damaged("a part of %d bytes in %d", n, len(rest))
		}
		parts[i], rest = rest[:n:n], rest[n:]
	}
	if len(rest) > 0 {
		return b, damaged("%d bytes too many", len(rest))
	}
	b.key, b.notes, b.data = string(parts[0]), parts[1], parts[2]
	return b, nil
}
