// Checks a log with the Go checksum database's own code (golang.org/x/mod/sumdb), which knows
// nothing of the program that wrote it: every checkpoint, every tile, the inclusion of every entry,
// and the consistency of every checkpoint with each later one.
//
//	outside LOG-FOLDER VERIFIER-KEY FILE-OF-CHECKPOINTS [TLOG-PROOF…]
//
// Checkpoints stand in the file one after another, each followed by a line of "--".
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at >= int64(len(s)) {
			return nil, fmt.Errorf("no stored hash %d", at)
		}
		out[i] = s[at]
	}
	return out, nil
}

func must(err error, what string, args ...any) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", fmt.Sprintf(what, args...), err)
		os.Exit(1)
	}
}

// path gives a tile of the Go scheme its place by C2SP's, where heights have no folder.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
}

func openCheckpoint(text string, verifiers note.Verifiers) tlog.Tree {
	opened, err := note.Open([]byte(text), verifiers)
	must(err, "checkpoint %q", text)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size of %q", text)
	hash, err := tlog.ParseHash(lines[2])
	must(err, "root of %q", text)
	return tlog.Tree{N: size, Hash: hash}
}

func readEntries(dir string, size int64) [][]byte {
	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := min(256, size-n*256)
		tile := tlog.Tile{H: height, L: 0, N: n, W: int(width)}
		name := strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, name))
		must(err, "entries %d", n)
		for range width {
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
		if len(data) != 0 {
			must(fmt.Errorf("%d bytes left over", len(data)), "%s", name)
		}
	}
	return entries
}

func checkProof(file string, entry func(int64) []byte, verifiers note.Verifiers) {
	text, err := os.ReadFile(file)
	must(err, "proof")
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		must(fmt.Errorf("not a tlog-proof"), "%s", file)
	}
	var index int64 = -1
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		if value, ok := strings.CutPrefix(line, "index "); ok {
			index, err = strconv.ParseInt(value, 10, 64)
			must(err, "index")
		} else if !strings.HasPrefix(line, "extra ") {
			raw, err := base64.StdEncoding.DecodeString(line)
			must(err, "hash")
			proof = append(proof, tlog.Hash(raw))
		}
	}
	tree := openCheckpoint(checkpoint, verifiers)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry(index))), "%s", file)
}

func main() {
	dir, key, file := os.Args[1], os.Args[2], os.Args[3]
	verifier, err := note.NewVerifier(key)
	must(err, "verifier key")
	verifiers := note.VerifierList(verifier)
	latest, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err, "checkpoint")
	tree := openCheckpoint(string(latest), verifiers)

	entries := readEntries(dir, tree.N)
	var hashes stored
	for n, entry := range entries {
		fresh, err := tlog.StoredHashes(int64(n), entry, hashes)
		must(err, "entry %d", n)
		hashes = append(hashes, fresh...)
	}

	text, err := os.ReadFile(file)
	must(err, "checkpoints")
	var trees []tlog.Tree
	for _, one := range strings.Split(string(text), "--\n") {
		if one != "" {
			trees = append(trees, openCheckpoint(one, verifiers))
		}
	}
	trees = append(trees, tree)
	pairs := 0
	for i, newer := range trees {
		root, err := tlog.TreeHash(newer.N, hashes)
		must(err, "tree of %d", newer.N)
		if root != newer.Hash {
			must(fmt.Errorf("another root"), "tree of %d", newer.N)
		}
		for _, older := range trees[:i] {
			proof, err := tlog.ProveTree(newer.N, older.N, hashes)
			must(err, "consistency of %d and %d", older.N, newer.N)
			err = tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
			must(err, "consistency of %d and %d", older.N, newer.N)
			pairs++
		}
	}

	for n, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(n), hashes)
		must(err, "inclusion of %d", n)
		err = tlog.CheckRecord(proof, tree.N, tree.Hash, int64(n), tlog.RecordHash(entry))
		must(err, "inclusion of %d", n)
	}

	levels := map[int]bool{}
	partial, full := 0, 0
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		// Each growth of a tile is listed; of those the log keeps the last.
		if tile.W < 256 && tile.W < int(tree.N>>(uint(tile.L)*height)-tile.N*256) {
			continue
		}
		want, err := tlog.ReadTileData(tile, hashes)
		must(err, "tile %v", tile)
		got, err := os.ReadFile(filepath.Join(dir, path(tile)))
		must(err, "tile %v", tile)
		if !bytes.Equal(want, got) {
			must(fmt.Errorf("other bytes"), "tile %v", tile)
		}
		levels[tile.L] = true
		if tile.W == 256 {
			full++
		} else {
			partial++
		}
	}
	for _, proof := range os.Args[4:] {
		checkProof(proof, func(n int64) []byte { return entries[n] }, verifiers)
	}
	fmt.Printf("%d entries, %d checkpoints, %d consistencies, %d full tiles, %d partial ones, %d levels, %d proofs\n",
		len(entries), len(trees), pairs, full, partial, len(levels), len(os.Args)-4)
}
