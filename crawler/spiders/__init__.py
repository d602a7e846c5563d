"""Short declarations over one crawl loop (institute.py)."""
