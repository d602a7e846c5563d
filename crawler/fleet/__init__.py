"""Many machines crawling many institutes: a queue, leases and frontiers in one PostgreSQL."""
