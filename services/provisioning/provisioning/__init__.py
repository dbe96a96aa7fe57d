"""The access: catalogue, grants, steps, clean-up."""
