"""Goes out to the web: Scrapy spiders over one crawl loop, and the command `policy-archive`. Only here is Scrapy
imported.
"""
