"""What a crawl says of itself: to the site that it asks, and in its WARCs, so that a collection explains itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from archive import __version__
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.store.exchange import Resource
from crawler.options import Options


def user_agent(profile: Profile) -> str:
    """What a site sees of us: the project, and whom to write to."""
    contact = profile.etiquette.contact
    return f"policy-archive/{__version__} (research archive of public policy; {contact or 'no contact stated'})"


def warcinfo(profile: Profile, proxies: Mapping[str, str]) -> dict[str, str]:
    """The fields at the head of each WARC. `proxies` are the addresses of those that were gone through, by scheme."""
    etiquette = profile.etiquette
    told = {}
    if etiquette.broken_certificates:
        told["certificates-not-checked"] = ", ".join(etiquette.broken_certificates)
    if proxies:
        told["proxy"] = ", ".join(f"{scheme} through {address}" for scheme, address in sorted(proxies.items()))
    return told | {
        "operator": etiquette.contact or "not stated",
        "robots": "obey (RFC 9309)",
        "http-header-user-agent": user_agent(profile),
    }


def settings(profile: Profile, options: Options) -> str:
    """What was asked for, as JSON; the same text where the same was."""
    asked = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(options).items()}
    told = {"institute": profile.id, "profile": registry.digest(profile), "options": asked}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)


def profile_resource(profile: Profile) -> Resource:
    """The profile that a crawl was made with, as a record: `verify` and `derive` read it from there."""
    uri = f"urn:policy-archive:profile:{registry.digest(profile)}"
    return Resource(uri, "application/json", registry.dumps(profile), datetime.now(UTC))
