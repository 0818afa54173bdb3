"""How well personal data is recognised: labelled tables, scores, and the page that reports them."""
