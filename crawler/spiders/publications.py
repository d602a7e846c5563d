"""Everything that an institute publishes."""

from crawler.spiders.institute import InstituteSpider


class PublicationsSpider(InstituteSpider):
    name = "publications"
