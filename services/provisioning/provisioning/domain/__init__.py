"""What a grant is and how it moves; standard library only."""
