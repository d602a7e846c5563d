"""An institute's legal case files."""

from archive.institutes.profile import Kind
from crawler.spiders.institute import InstituteSpider


class LegalCasesSpider(InstituteSpider):
    name = "legal_cases"
    only = frozenset({Kind.LEGAL_CASE})
