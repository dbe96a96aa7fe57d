"""The stand-in for the company's OpenID provider: Authlib's, with one person per role."""
