"""What was kept, what it says, and the proof: never imports `crawler`, never imports Scrapy, never opens a
socket to the web.
"""

__version__ = "0.1.0"
