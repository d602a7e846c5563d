"""Elements that are no body, told by their classes."""

import pytest

from archive.extract.boilerplate import Sort, of_classes


@pytest.mark.parametrize(
    ("classes", "sort"),
    [
        ("author_detail_box clearfix", Sort.AUTHOR),
        ("tdb_single_author_box", Sort.AUTHOR),
        ("post-list row", Sort.RELATED),
        ("check-also-box", Sort.RELATED),
        ("block-cta", Sort.OTHER),
        ("recipe-call-to-action recipe-call-to-action-simple", Sort.OTHER),
        ("theme-toc is-sticky", Sort.OTHER),
        ("wp-block-theme-tableofcontents", Sort.OTHER),
        ("rw-rating-table rw-ltr", Sort.OTHER),
        ("restricted-content-breaker", Sort.OTHER),
        ("elementor-element elementor-widget elementor-widget-share-buttons", Sort.OTHER),
        ("elementor-element elementor-widget elementor-widget-posts", Sort.RELATED),
        ("elementor-widget elementor-widget-author-box", Sort.AUTHOR),
        ("et_pb_module et_pb_cta_0", Sort.OTHER),
        ("et_pb_module et_pb_blog_0", Sort.RELATED),
        ("fl-module fl-module-post-grid", Sort.RELATED),
    ],
)
def test_classes_of_what_is_no_body(classes: str, sort: Sort | None) -> None:
    assert of_classes(classes) is sort


@pytest.mark.parametrize(
    "classes",
    [
        "elementor-widget elementor-widget-text-editor related",
        "et_pb_module et_pb_text et_pb_text_0",
        "fl-module fl-module-rich-text",
        "wpb_text_column wpb_content_element",
        "case-meta",
        "social-contract",
        "post-content",
    ],
)
def test_classes_of_bodies(classes: str) -> None:
    assert of_classes(classes) is None
