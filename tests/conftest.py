"""What all tests share: property tests try the same examples on every machine, slow or fast, and Ctrl-C is heard."""

import signal

from hypothesis import settings

settings.register_profile("any machine", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("any machine")

# Whoever runs the tests in the background has them ignore it, and each command that a test starts would too.
signal.signal(signal.SIGINT, signal.default_int_handler)
