"""Who asks, and by which signed proof."""
