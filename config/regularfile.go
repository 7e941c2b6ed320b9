package config

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// errNotRegular is the error of what could keep the exporter waiting for ever, or is different
// each time that it is read.
var errNotRegular = errors.New("it is no regular file, and it is read more than once: give the name of a file")

// errTooLong is the error of a file that is longer than it may be.
var errTooLong = errors.New("it is too long")

// readRegular reads the whole of a file of at most so many bytes. Links are followed. Devices,
// pipes and folders are refused without being opened, since opening a pipe waits for whoever
// writes to it. The error is errTooLong, or that of the operating system.
func readRegular(name string, most int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &os.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(text)) > most:
		return nil, fmt.Errorf("%w: there are more than %s in it", errTooLong, Bytes(most))
	default:
		return text, nil
	}
}
