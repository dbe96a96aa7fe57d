"""The steps at AWS, one module for each service or kind of resource."""
