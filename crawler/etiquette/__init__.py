"""How a site is visited: what its robots.txt allows, how often it is asked, and which addresses are never asked."""
