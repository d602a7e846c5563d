"""Many WARCs read by many processes: a pure, idempotent function from a WARC (or a stretch of one) to a shard of pages,
and the engines that call it.
"""
