"""What a person reads of a crawl: a page made from its report.json and the dataset, again at any time."""
