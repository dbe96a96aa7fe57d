"""The kinds of products in this package, one module each: entry points of `gangway.products`."""
