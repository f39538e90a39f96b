"""Many worlds at once: ensembles, worlds with agents of one's own, stages of long work."""
