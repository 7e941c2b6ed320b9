package processtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// programVariable has the test's own binary be a program that the tests start.
const programVariable = "PROCESSTEST_PROGRAM"

func TestMain(m *testing.M) {
	switch os.Getenv(programVariable) {
	case "":
		goleak.VerifyTestMain(m)
	case "answers":
		os.Exit(answers())
	case "ends":
		fmt.Fprintln(os.Stdout, "address=127.0.0.1:1 status=bad")
		fmt.Fprint(os.Stderr, "half a line")
		os.Exit(3)
	}
}

// answers writes half a line and the other half when it is told to go on; SIGTERM ends it with 7.
func answers() int {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	fmt.Fprint(os.Stdout, "address=127.0.0.1")
	fmt.Fprintln(os.Stderr, "begun")
	lines := bufio.NewScanner(os.Stdin)
	lines.Scan()
	fmt.Fprintln(os.Stdout, ":10985")
	<-terminated
	return 7
}

func program(name string) *exec.Cmd {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), programVariable+"="+name)
	return command
}

// Half a line is not taken for the whole, the streams are kept apart, and a program that is told
// to end says with what.
func TestProcess(t *testing.T) {
	t.Parallel()
	command := program("answers")
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := Start(t, command)
	p.Stderr.Find("begun")
	Eventually(t, "half a line is written", func() (bool, string) {
		return p.Stdout.String() == "address=127.0.0.1", p.Stdout.String()
	})
	if found, ok, _ := p.Stdout.match(regexp.MustCompile(`address=(\S+)`), false); ok {
		t.Errorf("%q is found in half a line", found)
	}
	if _, err := input.Write([]byte("go on\n")); err != nil {
		t.Fatal(err)
	}
	if address := p.Stdout.Find(`address=(\S+)`); address != "127.0.0.1:10985" {
		t.Errorf("the address is %q; want the whole of it", address)
	}
	if text := p.Stderr.String(); text != "begun\n" {
		t.Errorf("stderr has %q", text)
	}
	p.Alive(t)
	if status := p.Terminate(Patience); status != 7 {
		t.Errorf("it ended with %d; want 7", status)
	}
	if problem := failure(t, func(t testing.TB) { p.Alive(t) }); !strings.Contains(problem, "exit status 7") {
		t.Errorf("the program is alive after its end: %q", problem)
	}
}

// What a program wrote before it ended is found, the last line without an end too, and what it did
// not write is not waited for.
func TestProcessThatEnds(t *testing.T) {
	t.Parallel()
	p := Start(t, program("ends"))
	if found := p.Stderr.Find("half a (line)"); found != "line" {
		t.Errorf("%q is found; want the group", found)
	}
	if found := p.Stdout.Find(`(\w+)=(bad)`); found != "bad" {
		t.Errorf("%q is found; want the last group", found)
	}
	if status := p.Wait(Patience); status != 3 {
		t.Errorf("it ended with %d; want 3", status)
	}
	problem := failure(t, func(t testing.TB) { Start(t, program("ends")).Stdout.Find("Listening") })
	for _, want := range []string{"exit status 3", "Listening", "status=bad", "half a line"} {
		if !strings.Contains(problem, want) {
			t.Errorf("what fails does not tell %q: %s", want, problem)
		}
	}
}

// A program that goes on is gone with the test.
func TestProcessEndsWithTheTest(t *testing.T) {
	t.Parallel()
	var p *Process
	t.Run("test", func(t *testing.T) {
		p = Start(t, program("answers"))
		p.Stderr.Find("begun")
	})
	select {
	case <-p.exited:
	default:
		t.Error("it is still there")
	}
	problem := failure(t, func(t testing.TB) {
		p := Start(t, program("answers"))
		p.Stderr.Find("begun")
		p.Wait(time.Nanosecond)
	})
	if !strings.Contains(problem, "has not ended after 1ns") {
		t.Errorf("a program that goes on is waited for: %q", problem)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	tries := 0
	Within(t, Patience, "a third try", func() (bool, string) {
		tries++
		return tries == 3, ""
	})
	problem := failure(t, func(t testing.TB) {
		Within(t, time.Nanosecond, "the sky falls", func() (bool, string) { return false, "a blue sky" })
	})
	if !strings.Contains(problem, "the sky falls") || !strings.Contains(problem, "a blue sky") {
		t.Errorf("what never holds fails with %q", problem)
	}
}

// A binary that is named is taken, and none is built.
func TestExporterIsNamed(t *testing.T) {
	t.Setenv(ExporterVariable, "/named")
	if binary := Exporter(t); binary != "/named" {
		t.Errorf("the binary is %s; want the one that is named", binary)
	}
}

// Without one the exporter is built, and runs.
func TestExporter(t *testing.T) {
	t.Setenv(ExporterVariable, "")
	p := Start(t, exec.Command(Exporter(t), "--version"))
	p.Stdout.Find("beyondtrust_exporter, version ")
	if status := p.Wait(Patience); status != 0 {
		t.Errorf("--version ends with %d", status)
	}
	if _, err := Build(t.Context(), t.TempDir(), t.TempDir(), "nothing"); err == nil || !strings.Contains(err.Error(), "building the command in") {
		t.Errorf("building nothing: %v", err)
	}
}

// failing is a test that is to fail, and keeps what it is told.
type failing struct {
	testing.TB // of which what is not below is used
	told       strings.Builder
	failed     bool
	after      []func()
}

func (f *failing) Helper()                         {}
func (f *failing) Failed() bool                    { return f.failed }
func (f *failing) Cleanup(after func())            { f.after = append(f.after, after) }
func (f *failing) Logf(format string, args ...any) { fmt.Fprintf(&f.told, format, args...) }
func (f *failing) Fatalf(format string, args ...any) {
	f.failed = true
	f.Logf(format, args...)
	runtime.Goexit()
}

// failure runs something that is to fail a test, and returns what the test is told then.
func failure(t *testing.T, do func(testing.TB)) string {
	t.Helper()
	f := &failing{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(f)
	}()
	<-done
	for _, after := range f.after {
		after()
	}
	if !f.failed {
		t.Error("the test goes on; want it to fail")
	}
	return f.told.String()
}
