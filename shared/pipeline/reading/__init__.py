"""How the bytes of a source become rows: files, encodings, dialects, and one reader for each format."""
