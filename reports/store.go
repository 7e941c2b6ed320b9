package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

const (
	// fileHead begins the first line of a file; the digest of the rest ends it. Another
	// version of the format has another number.
	fileHead = "beyondtrust_exporter reports 1 sha256 "

	fileSuffix = ".reports.json"

	// setAside is added to the name of a file that cannot be used.
	setAside = ".unreadable"

	// maxFileBytes bounds what is read of a file. Books are a hundredth of this.
	maxFileBytes = 512 << 20
)

// content is what is in a file below its first line.
type content struct {
	Appliance string              `json:"appliance"`
	Books     map[Collector]*book `json:"collectors"`
}

// store keeps the books of one appliance in one file, which is replaced whole by a rename once
// the new one is safe on disk: whenever the process is killed, one or the other is there.
type store struct {
	path      string // empty: nothing is kept
	appliance string
	logger    *slog.Logger
	disk      disk

	mu     sync.Mutex
	books  map[Collector]*book
	failed bool // the last write did
}

// disk is what the store does to files, each to be finished before the next.
type disk struct {
	write  func(path string, data []byte) error // and see it safe on disk
	rename func(from, to string) error
	sync   func(directory string) error
}

// openStore reads the file of an appliance, where there is one. A file that is torn, foreign or
// of another version is told of and set aside, and all is started over. An error is about the
// directory.
func openStore(directory, name string, logger *slog.Logger) (*store, error) {
	s := &store{
		appliance: name, logger: logger, books: make(map[Collector]*book),
		disk: disk{write: writeSafely, rename: os.Rename, sync: syncDirectory},
	}
	if directory == "" {
		return s, nil
	}
	if err := checkDirectory(directory); err != nil {
		return nil, err
	}
	s.path = filepath.Join(directory, fileName(name))
	books, err := readFile(s.path, name)
	switch {
	case err == nil:
		s.books = books
	case errors.Is(err, fs.ErrNotExist):
	default:
		logger.Warn("Cannot use the file of the reports, counting starts over", "file", s.path, "set_aside_as", s.path+setAside, "err", err)
		if err := os.Rename(s.path, s.path+setAside); err != nil {
			return nil, fmt.Errorf("setting an unusable file of the reports aside: %w", err)
		}
	}
	return s, nil
}

// checkDirectory finds out whether files can be made in a storage directory. An error says what
// to do.
func checkDirectory(directory string) error {
	const remedy = "the storage directory must exist and this process must be allowed to write to it"
	probe, err := os.CreateTemp(directory, ".writable-*")
	if err != nil {
		return fmt.Errorf("%s: %w", remedy, err)
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return fmt.Errorf("%s: %w", remedy, err)
	}
	return nil
}

// fileName makes the name of an appliance a name of a file: letters, digits, dots, dashes and
// underscores stay, the rest is escaped, so that two appliances never share a file. A long one
// is cut and made distinct by a digest.
func fileName(name string) string {
	const longest = 150
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	made := b.String()
	if len(made) > longest {
		sum := sha256.Sum256([]byte(name))
		made = made[:longest] + "%-" + hex.EncodeToString(sum[:8])
	}
	return made + fileSuffix
}

// readFile reads the books from a file.
func readFile(path, name string) (map[Collector]*book, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		// Opening a pipe would wait for whoever writes to it.
		return nil, errors.New("it is no regular file")
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("it is larger than %d bytes", maxFileBytes)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseFile(data, name)
}

// parseFile reads the books from the bytes of a file.
func parseFile(data []byte, name string) (map[Collector]*book, error) {
	head, body, _ := bytes.Cut(data, []byte("\n"))
	sum, ok := bytes.CutPrefix(head, []byte(fileHead))
	if !ok {
		return nil, errors.New("it is not a file of this version of the exporter")
	}
	if want := sha256.Sum256(body); string(sum) != hex.EncodeToString(want[:]) {
		return nil, errors.New("it is torn: its digest is not that of what is in it")
	}
	var c content
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	if c.Appliance != name {
		return nil, fmt.Errorf("it belongs to the appliance %q", label(c.Appliance))
	}
	books := make(map[Collector]*book)
	for collector, kept := range c.Books {
		if kept == nil {
			return nil, fmt.Errorf("the collector %q has no book", collector)
		}
		fitting, err := kept.fit(collector)
		if err != nil {
			return nil, fmt.Errorf("the collector %q: %w", collector, err)
		}
		books[collector] = fitting
	}
	return books, nil
}

// book returns what is kept of a collector, nil where nothing is.
func (s *store) book(c Collector) *book {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.books[c]
}

// put keeps a book, which must not be changed after. Where that fails the log is told, once,
// and counting goes on: what could not be written would be counted again after a restart, from
// the numbers that were written last.
func (s *store) put(c Collector, b *book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books[c] = b
	if s.path == "" {
		return
	}
	err := s.save()
	switch {
	case err != nil && !s.failed:
		s.logger.Warn("Cannot keep the reports' cursors and counters: see whether the storage directory is full or not writable", "file", s.path, "err", err)
	case err == nil && s.failed:
		s.logger.Info("Keeping the reports' cursors and counters again", "file", s.path)
	}
	s.failed = err != nil
}

// save replaces the file.
func (s *store) save() error {
	data, err := s.encode()
	if err != nil {
		return err
	}
	next := s.path + ".new"
	if err := s.disk.write(next, data); err != nil {
		return fmt.Errorf("writing the new file: %w", err)
	}
	if err := s.disk.rename(next, s.path); err != nil {
		return fmt.Errorf("putting the new file in the place of the old: %w", err)
	}
	if err := s.disk.sync(filepath.Dir(s.path)); err != nil {
		return fmt.Errorf("making the new file's name safe on disk: %w", err)
	}
	return nil
}

// encode returns what is to be in the file.
func (s *store) encode() ([]byte, error) {
	body, err := json.Marshal(content{Appliance: s.appliance, Books: s.books})
	if err != nil {
		return nil, fmt.Errorf("encoding the books: %w", err)
	}
	return seal(body), nil
}

// seal puts the first line before what is in a file.
func seal(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append([]byte(fileHead+hex.EncodeToString(sum[:])+"\n"), body...)
}

// writeSafely writes a file that only its owner may read, and returns once it is on disk.
func writeSafely(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDirectory returns once the names in a directory are on disk. Windows has no such thing for
// directories, and keeps their changes in order by itself.
func syncDirectory(directory string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(directory)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
