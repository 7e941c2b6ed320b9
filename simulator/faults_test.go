package simulator

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// control calls the control handler.
func control(t *testing.T, a *Appliance, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	a.Control().ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestFaultsOfRequests(t *testing.T) {
	s := serve(t, Config{})
	token := s.token()
	healthy := func(a answer) bool {
		return a.StatusCode == http.StatusOK && strings.Contains(a.body, "<success>1</success>")
	}
	for _, test := range []struct {
		kind  FaultKind
		fails func(answer) bool
	}{
		{FaultUnavailable, func(a answer) bool { return a.StatusCode == http.StatusServiceUnavailable }},
		{FaultToken, func(a answer) bool {
			return a.StatusCode == http.StatusUnauthorized && strings.Contains(a.body, "access_denied")
		}},
		{FaultRateLimit, func(a answer) bool { return a.StatusCode == http.StatusTooManyRequests }},
		{FaultError, func(a answer) bool { return a.StatusCode == http.StatusOK && strings.Contains(a.body, "<error") }},
		{FaultGarbage, func(a answer) bool {
			return a.StatusCode == http.StatusOK && xml.Unmarshal([]byte(a.body), new(struct{})) != nil
		}},
		{FaultUnhealthy, func(a answer) bool {
			return strings.Contains(a.body, "<success>0</success>") && strings.Contains(a.body, "<error_message>")
		}},
	} {
		if w := control(t, s.Appliance, http.MethodPost, "/faults?kind="+string(test.kind)+"&count=2"); w.Code != 200 {
			t.Fatalf("%s: %s", test.kind, w.Body)
		}
		for i := range 3 {
			a := s.command(token, "action=check_health")
			if i < 2 && !test.fails(a) || i == 2 && !healthy(a) {
				t.Errorf("%s, request %d: %s %s", test.kind, i+1, a.Status, a.body)
			}
		}
	}
	if err := s.Fault(Fault{Kind: FaultDrop}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Do(s.request(http.MethodPost, "/oauth2/token", "x=1")); err == nil { //nolint:bodyclose // An error comes without a body.
		t.Error("a dropped connection answered")
	}
	if err := s.Fault(Fault{Kind: FaultSlow, Duration: time.Hour, Delay: time.Hour}); err != nil {
		t.Fatal(err)
	}
	s.client.Timeout = 50 * time.Millisecond
	if _, err := s.client.Do(s.request(http.MethodGet, "/check_health", "")); err == nil { //nolint:bodyclose // An error comes without a body.
		t.Error("a slow appliance answered at once")
	}
	s.client.Timeout = 20 * time.Second
	control(t, s.Appliance, http.MethodDelete, "/faults")
	if a := s.command(token, "action=check_health"); !healthy(a) {
		t.Errorf("after all faults: %s %s", a.Status, a.body)
	}
}

func TestAFaultEndsWithItsTime(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now})
	if err := s.Fault(Fault{Kind: FaultUnhealthy, Duration: time.Minute}); err != nil {
		t.Fatal(err)
	}
	probe := func() int { return s.do(s.request(http.MethodGet, "/check_health", "")).StatusCode }
	if a, b := probe(), probe(); a != 500 || b != 500 {
		t.Errorf("while it is on: %d, %d", a, b)
	}
	c.advance(time.Minute)
	if code := probe(); code != 200 {
		t.Errorf("afterwards: %d", code)
	}
}

func TestFaultsOfMessages(t *testing.T) {
	for kind, want := range map[FaultKind]func(c *integration) bool{
		FaultDropState: func(c *integration) bool { _, err := c.line(); return err != nil && len(c.rest) == 0 },
		FaultCut:       func(c *integration) bool { _, err := c.line(); return err != nil && len(c.rest) > 0 },
		FaultMalformed: func(c *integration) bool {
			line, err := c.line()
			return err == nil && !json.Valid(line)
		},
		FaultDuplicate: func(c *integration) bool {
			first, second := c.read(), c.read()
			return first.Type == "subscribe_response" && second.Type == first.Type
		},
	} {
		s := serve(t, Config{})
		if err := s.Fault(Fault{Kind: kind}); err != nil {
			t.Fatal(err)
		}
		client := s.dial(dialOptions{})
		client.read() // the answer to authenticate is no message that a fault strikes
		if !want(client) {
			t.Errorf("%s did not strike", kind)
		}
		s.dial(dialOptions{}).subscribe()
	}
}

func TestControl(t *testing.T) {
	s := serve(t, Config{Role: RolePrimary})
	if w := control(t, s.Appliance, http.MethodGet, "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "/failover") {
		t.Errorf("help: %d", w.Code)
	}
	for _, kind := range FaultKinds() {
		if !strings.Contains(controlHelp, string(kind)) {
			t.Errorf("the help does not tell of the fault %s", kind)
		}
	}
	for _, bad := range []string{"/faults?kind=earthquake", "/faults?kind=slow&count=x", "/faults?kind=slow&duration=5", "/restart?mode=gently", "/failover?role=spare"} {
		if w := control(t, s.Appliance, http.MethodPost, bad); w.Code != 400 || w.Body.Len() == 0 {
			t.Errorf("%s: %d %s", bad, w.Code, w.Body)
		}
	}
	read := func(method, target string) (st status) {
		t.Helper()
		w := control(t, s.Appliance, method, target)
		if err := json.Unmarshal(w.Body.Bytes(), &st); w.Code != 200 || err != nil {
			t.Fatalf("%s %s: %d %v", method, target, w.Code, err)
		}
		return st
	}
	if st := read(http.MethodPost, "/failover"); st.Role != RoleBackup {
		t.Errorf("role %s after the failover", st.Role)
	}
	if st := read(http.MethodPost, "/failover?role=primary"); st.Role != RolePrimary {
		t.Errorf("role %s", st.Role)
	}
	if st := read(http.MethodPost, "/faults?kind=cut&duration=1m"); len(st.Faults) != 1 || st.Faults[0] != FaultCut {
		t.Errorf("faults %v", st.Faults)
	}
	if st := read(http.MethodGet, "/state"); st.Desk.Representatives["normal"] > 40 || len(st.Desk.Rows) == 0 {
		t.Errorf("desk %+v", st.Desk)
	}
	if w := control(t, s.Appliance, http.MethodGet, "/book"); w.Code != 200 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("book: %d", w.Code)
	}
	if w := control(t, s.Appliance, http.MethodPost, "/book"); w.Code != 200 {
		t.Errorf("new book: %d", w.Code)
	}
	if w := control(t, s.Appliance, http.MethodPost, "/tokens"); w.Code != 200 {
		t.Errorf("tokens: %d", w.Code)
	}
	if w := control(t, s.Appliance, http.MethodPost, "/datasync?age=3h&status=failed"); w.Code != 200 {
		t.Errorf("data sync: %d", w.Code)
	}
}
