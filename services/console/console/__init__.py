"""The ops team's pages: open work, partners, reviews, events, audit."""
