"""Every setting that differs from Scrapy's default, with its reason. `scrapy crawl analysis -a institute=timep` reads
them from here.
"""

from importlib.util import find_spec

from archive import __version__

BOT_NAME = "policy-archive"
SPIDER_MODULES = ["crawler.spiders"]
# with the profile's contact: spiders/institute.py
USER_AGENT = f"policy-archive/{__version__} (+https://example.org/policy-archive; research archive)"
ROBOTSTXT_USER_AGENT = "policy-archive"

# The wire
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}  # default has file, data, ftp and s3 on
DOWNLOAD_HANDLERS = {"http": "crawler.capture.wire.WireHandler", "https": "crawler.capture.wire.WireHandler"}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # default adds br and zstd: bytes that any reader of the next decades can decode
    "Accept-Encoding": "gzip, deflate",
}
HTTPPROXY_AUTH_ENCODING = "utf-8"  # default latin-1, in which an Arabic password has no form
COMPRESSION_ENABLED = False  # default True: the reactor never decodes; workers do
DOWNLOAD_FAIL_ON_DATALOSS = False  # default True: a truncated page is archived as such
DOWNLOAD_TIMEOUT = 60  # default 180 s
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False
TWISTED_DNS_RESOLVER = "crawler.etiquette.guard.GuardedResolver"

# The frontier
SCHEDULER = "crawler.scheduler.FrontierScheduler"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the frontier knows what was found

# Etiquette
# Default has a dozen: retries and redirects go through the frontier, so that each hop is captured and survives a crash;
# no cookies, cache or credentials; headers are set by the scheduler; Scrapy's own robots.txt is passed over when
# it answers 503 or hangs.
DOWNLOADER_MIDDLEWARES_BASE = {
    "crawler.etiquette.endless.EndlessMiddleware": 50,
    "crawler.etiquette.robots.RobotsMiddleware": 100,
    "crawler.capture.login.LoginMiddleware": 700,
    "crawler.capture.proxy.ProxyMiddleware": 750,
}
SPIDER_MIDDLEWARES_BASE: dict[
    str, int
] = {}  # callbacks yield nothing: links go into the frontier with the row that they come from
DOWNLOADER = "crawler.etiquette.slots.StrictDownloader"  # default goes past CONCURRENT_REQUESTS_PER_DOMAIN
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8; a profile may say more
DOWNLOAD_DELAY = 1.0  # default 0; the profile's, or --delay
DOWNLOAD_DELAY_JITTER = 0.0  # default ±50 %: no gap may be below the delay; slots.py adds to it
# Not Scrapy's: seconds, each doubled while it goes on (etiquette/pace.py and robots.py)
BACKOFF_FIRST = 5.0  # a 429 or 503 that does not say how long
WALL_PAUSE = 60.0  # three challenge pages in a row
ROBOTS_RETRY = 2.0  # a robots.txt that could not be had
ROBOTS_DAY = 24 * 3600.0  # for how long a robots.txt holds: at most a day (RFC 9309, 2.4)

# One process, quiet and closed
CONCURRENT_ITEMS = 1  # default 100: Scrapy makes that many tasks a response
TELNETCONSOLE_ENABLED = False  # default True
REMOTE_CONTROL_ENABLED = False  # default True since 2.19: it runs Python for whoever holds its token
EXTENSIONS_BASE: dict[
    str, int
] = {}  # default has telnet, statistics in the log, feeds: the crawl reports itself, the dataset is derived
EXTENSIONS = {"crawler.closing.Closing": 500}
STATS_DUMP = False
LOG_FORMATTER = "crawler.log.Quiet"  # default makes a message for each page, which nobody sees at this level
LOG_LEVEL = "INFO"
ASYNCIO_EVENT_LOOP = (
    "uvloop.Loop" if find_spec("uvloop") else None
)  # default asyncio's own, which takes 5 % more of a crawl's time
