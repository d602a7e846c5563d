"""A real WordPress site whose editors go on working between two crawls."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.command import policy_archive, profile
from tests.wordpress.site import SHARED, running

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.soak,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the WordPress site is not part of the repository: ../shared/wordpress"
    ),
]

EDITING = """
$posts = get_posts(['numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC', 'has_password' => false]);
[$edited, $moved, $deleted] = [$posts[3], $posts[8], $posts[13]];
wp_update_post(['ID' => $edited->ID, 'post_content' => $edited->post_content . '<p>تصحيح: a sentence more.</p>']);
wp_update_post(['ID' => $moved->ID, 'post_name' => $moved->post_name . '-under-another-name']);
wp_delete_post($deleted->ID, true);
$added = wp_insert_post(['post_title' => 'ما الجديد في هذا الأسبوع', 'post_content' => '<p>نص جديد لم يُنشر من قبل.</p>',
    'post_status' => 'publish']);
echo json_encode(['changed' => $edited->ID, 'moved' => $moved->ID, 'missing' => $deleted->ID, 'new' => $added]);
"""


def crawled(folder: Path, site: Path) -> dict[str, Any]:
    words = ("crawl", str(site), "--collection", "site", "--allow-private", "--delay", "0", "--json")
    done = policy_archive(folder, *words, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def named(report: dict[str, Any]) -> dict[str, set[str]]:
    lists = {name: one for name, one in report["changes"].items() if isinstance(one, dict)}
    return {name: {each["id"] for each in one["publications"]} for name, one in lists.items() if one["count"]}


@pytest.mark.parametrize("options", [(), ("--language", "ar", "--theme", "twentytwentyone")], ids=["en", "ar"])
def test_what_editors_do_is_named(tmp_path: Path, options: tuple[str, ...]) -> None:
    with running(*options) as url:
        site = profile(tmp_path, url)
        crawled(tmp_path, site)
        assert named(crawled(tmp_path, site)) == {}
        done = json.loads(url.run(EDITING))
        ids = {name: {f"institute:p{number}"} for name, number in done.items()}
        assert named(crawled(tmp_path, site)) == ids
        assert named(crawled(tmp_path, site)) == {"gone": ids["missing"]}
    assert policy_archive(tmp_path, "verify", "site", timeout=600).returncode == 0
