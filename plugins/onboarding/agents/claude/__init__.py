"""Claude beside the rules: what it is shown, what it may amend, how an amendment becomes part of a plan."""
