"""From the socket to the archive: the bytes as they crossed the wire, before anything parses them."""
