"""Where the pages meet the world: the provider that signs people in, the browser's cookie."""
