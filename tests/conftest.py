"""What all tests share: property tests try the same examples on every machine, however slow it is."""

from hypothesis import settings

settings.register_profile("any machine", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("any machine")
