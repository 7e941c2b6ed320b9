package world

import "fmt"

// catalogue is what an administrator configured: names that sessions choose from.
type catalogue struct {
	sites  []site
	skills []string
	first  []string
	last   []string
	firms  []firm
	texts  []string

	customerSurvey []*Question
	repSurvey      []*Question
}

type site struct {
	id   int
	name string
}

type firm struct {
	name string
	code string
}

// issue is what a customer may choose on the front-end survey; each belongs to a team.
type issue struct {
	id          int
	code        string
	description string
}

func newCatalogue() catalogue {
	return catalogue{
		sites:  []site{{1, "Default Site"}, {2, "Partner Portal"}, {3, "Filiale Zürich"}},
		skills: []string{"windows", "macos", "linux", "sap", "french", "german"},
		first:  []string{"Anna", "Björn", "Chloé", "Daniel", "Elif", "Fatima", "Grace", "Hiro", "Ines", "João", "Katarzyna", "Liam", "María", "Nguyễn", "Олег", "Priya", "健", "Søren", "Tomáš", "Zoë"},
		last:   []string{"Andersson", "Brown", "Çelik", "Dubois", "Evans", "Fischer", "García", "Horváth", "Ivanova", "Jensen", "Kowalska", "Lindqvist", "Müller", "Novák", "O'Brien", "Petrović", "Rossi", "佐藤", "Taylor", "Weiß"},
		firms:  []firm{{"Initech", "ini"}, {"Globex \"Europe\"", "glx"}, {"Contoso", "cts"}, {"Stark & Söhne", "sus"}, {"", ""}, {"", ""}},
		texts: []string{
			"Printer on the 3rd floor does not print", "VPN: \"authentication failed\"\nsince this morning",
			"Outlook hängt beim Start", "画面が真っ黒です", "Pfad C:\\Temp ist voll", "", "", "Le mot de passe a expiré 🔒",
		},
	}
}

// name draws a person's name.
func (w *World) name() string {
	return pick(w, w.catalogue.first) + " " + pick(w, w.catalogue.last)
}

// pick draws one of a list.
func pick[T any](w *World, list []T) T {
	return list[w.rng.IntN(len(list))]
}

// teamName returns the code name and the display name of a team by its number.
func teamName(i int) (code, name string) {
	known := [...][2]string{
		{"service_desk", "Service Desk"}, {"network", "Netzwerk & Standorte"}, {"workplace", "Workplace"}, {"erp", "ERP / SAP"},
		{"field", "Field Service"}, {"vip", "VIP-Support"}, {"telephony", "Téléphonie"}, {"servers", "Servers"},
		{"security", "Security"}, {"retail", "Retail (東京)"}, {"print", "Print"}, {"onboarding", "Onboarding"},
	}
	if i < len(known) {
		return known[i][0], known[i][1]
	}
	return fmt.Sprintf("team_%03d", i+1), fmt.Sprintf("Team %03d", i+1)
}

// hex draws so many hexadecimal digits.
func (w *World) hex(n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	for i := 0; i < n; i += 16 {
		x := w.rng.Uint64()
		for j := i; j < min(n, i+16); j++ {
			b[j] = digits[x&15]
			x >>= 4
		}
	}
	return string(b)
}

// address draws an address in a private network.
func (w *World) address() string {
	x := w.rng.Uint32()
	return fmt.Sprintf("10.%d.%d.%d", x>>16&255, x>>8&255, x&255)
}

// host draws a name of a computer.
func (w *World) host() string {
	return fmt.Sprintf("PC-%06X", w.rng.IntN(1<<24))
}
