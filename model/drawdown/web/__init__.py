"""The class's pages: Explore and Exercise, served from a laptop without a network."""
