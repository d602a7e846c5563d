"""What Prometheus is told: of a crawl while it runs, of each collection's last one, and of the schedule."""
