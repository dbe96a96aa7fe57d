"""The ops team's pages: what waits, partners, reviews, events, audit."""
