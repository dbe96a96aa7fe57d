"""The web side: errors, limits, headers, documents, languages, forms."""
