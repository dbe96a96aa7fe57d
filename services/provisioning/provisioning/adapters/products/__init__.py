"""The kinds of products that this package brings, one module each: entry points of `gangway.products`."""
