"""One day of one world: the steps, and the two ways in which they are played."""
