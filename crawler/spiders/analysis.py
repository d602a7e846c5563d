"""An institute's analyses."""

from archive.institutes.profile import Kind
from crawler.spiders.institute import InstituteSpider


class AnalysisSpider(InstituteSpider):
    name = "analysis"
    only = frozenset({Kind.ANALYSIS})
