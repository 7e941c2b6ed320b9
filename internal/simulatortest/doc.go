// Package simulatortest puts simulated appliances where a test can reach them. Only tests import
// it. What the appliances are like, and who watches them, is the business of the test.
package simulatortest
