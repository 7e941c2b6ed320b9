// Package processtest lets a test run a program as its user does: it starts it, waits for what it
// writes, and sees to it that it has ended when the test has. It builds the exporter, too, where no
// binary is named. Only tests import it. Which program that is, and what it is asked, is the
// business of the test.
package processtest
