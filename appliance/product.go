package appliance

import "strings"

// Product is what an appliance runs, as the product label spells it.
type Product string

const (
	// ProductUnknown is the product before the first answer that tells.
	ProductUnknown Product = ""

	// RemoteSupport is BeyondTrust Remote Support, Bomgar once.
	RemoteSupport Product = "remote_support"

	// PrivilegedRemoteAccess is BeyondTrust Privileged Remote Access.
	PrivilegedRemoteAccess Product = "privileged_remote_access"
)

// productOf says which product the namespace of an answer belongs to. Privileged Remote
// Access has /sra/ in its namespaces. All others that the vendor ever used for an API,
// under bomgar.com and under beyondtrust.com, are Remote Support's.
func productOf(namespace string) Product {
	switch {
	case strings.Contains(namespace, "/sra/"):
		return PrivilegedRemoteAccess
	case strings.Contains(namespace, "/namespaces/API/"):
		return RemoteSupport
	default:
		return ProductUnknown
	}
}

// productOfPermissions is for answers without a namespace: the presentation and archive
// reports and the real-time state API exist in Remote Support alone, so an account that
// has a permission for one of them, granted or not, is an account of Remote Support.
func productOfPermissions(permissions []Permission) Product {
	for _, p := range permissions {
		switch p.Name {
		case "perm_real_time_state", "perm_reporting_archive", "perm_reporting_presentation":
			return RemoteSupport
		}
	}
	return ProductUnknown
}

// Product says what the appliance runs: what the operator said, else what the namespace of
// its newest answer says, else what the permissions of its API account say. It is
// ProductUnknown until one of them is known.
func (c *Client) Product() Product {
	if c.config.Product != ProductUnknown {
		return c.config.Product
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.product
}

// ProductSource is how an answer told the product.
type ProductSource string

const (
	// ByNamespace: the namespace of an answer belongs to the product.
	ByNamespace ProductSource = "namespace"

	// ByPermissions: the API account has a permission that only the product knows.
	ByPermissions ProductSource = "permissions"
)

// ToldProduct returns what the appliance's answers say that it runs, whatever the operator says,
// and how they told it: ProductUnknown and "" before one did.
func (c *Client) ToldProduct() (Product, ProductSource) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.product, c.productBy
}

// learnProduct remembers what the namespace of an answer told of the product, if anything.
func (c *Client) learnProduct(p Product) {
	if p == ProductUnknown {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.product == PrivilegedRemoteAccess && c.productBy == ByNamespace {
		// Old namespaces outlive a product: another one in other answers is no contradiction.
		return
	}
	c.product, c.productBy = p, ByNamespace
}

// learnProductOfPermissions does so for what the permissions of the account told, where no
// namespace has told the product.
func (c *Client) learnProductOfPermissions(p Product) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p != ProductUnknown && c.product == ProductUnknown {
		c.product, c.productBy = p, ByPermissions
	}
}
