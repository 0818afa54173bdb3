"""Pictures of the UI for ``docs/tour.md``: a real browser goes the way of a new user through the local platform."""
