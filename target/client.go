package target

import (
	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
)

// ClientConfig returns how an appliance is asked. The caller adds who is told of it.
func ClientConfig(cfg config.Appliance) appliance.Config {
	return appliance.Config{
		URL:      cfg.URL(),
		ClientID: cfg.ClientID(),
		Secret: func() (string, error) {
			secret, err := cfg.Secret()
			return secret.Reveal(), err
		},
		TLS: appliance.TLSOptions{
			RootCAs: cfg.RootCAs(), ServerName: cfg.ServerName(), InsecureSkipVerify: cfg.InsecureSkipVerify(),
		},
		ProxyURL: cfg.ProxyURL(),
		Timeout:  cfg.Timeout(),
		Product:  product(cfg.Product()),
		Names: appliance.Names{
			URL:                cfg.Spell(config.SettingURL),
			Secret:             cfg.Spell(config.SettingClientSecret),
			CAFile:             cfg.Spell(config.SettingCAFile),
			ServerName:         cfg.Spell(config.SettingServerName),
			InsecureSkipVerify: cfg.Spell(config.SettingSkipVerify),
			ProxyURL:           cfg.Spell(config.SettingProxyURL),
			Timeout:            cfg.Spell(config.SettingTimeout),
			Product:            cfg.Spell(config.SettingProduct),
		},
	}
}

// product is what the client is told of the product.
func product(p config.Product) appliance.Product {
	switch p {
	case config.RemoteSupport:
		return appliance.RemoteSupport
	case config.PrivilegedRemoteAccess:
		return appliance.PrivilegedRemoteAccess
	default:
		return appliance.ProductUnknown
	}
}
