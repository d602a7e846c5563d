"""Who is told, and of what, when a crawl has ended or was missed: what to tell is a pure function of reports."""
