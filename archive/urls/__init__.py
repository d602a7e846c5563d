"""The URL index of many collections and of any tool's WARCs: Parquet with Common Crawl's columns, queried by DuckDB."""
