"""What the database of a fleet says of it. Reads alone; crawler/fleet writes."""
