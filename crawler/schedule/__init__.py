"""When each institute is crawled: a file that says so, a record of what was begun and done, and who begins it."""
