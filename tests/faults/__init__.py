"""The catalogue of faults, row by row, and the tests of each. All of them: `pytest -m faults`.

The quick ones are a part of every run; those that are also marked `soak` (300 kills, 1,000 flipped bits) are
not.

| row | fault                                       | tests |
|-----|---------------------------------------------|---|
| 1   | kill -9 at any moment                       | tests/crawler/test_crash.py |
| 2   | SIGTERM or SIGINT, once                     | tests/crawler/test_stopping.py: one signal |
| 3   | SIGINT, twice                               | tests/crawler/test_stopping.py: a second signal |
| 7   | no space at the n-th write                  | test_disk.py: when a call fails |
| 8   | fsync fails                                 | test_disk.py: when a call fails |
| 9   | a rename fails                              | test_disk.py: when a call fails |
| 10  | the power is cut                            | test_disk.py: when the power is cut |
| 11  | a file cut at each byte of its last record  | test_disk.py: cut anywhere; archive/store/test_recovery.py |
| 12  | 1,000 flipped bits                          | test_bit_flips.py |
| 13  | a file cut, and appended to                 | test_broken_warcs.py: behind a cut one |
| 17  | bombs of gzip, br, zstd                     | test_wire.py: no measure; nothing broken |
| 18  | a body without end                          | test_wire.py: no measure |
| 19  | heads without end, of 1 MB, of 20,000 lines | test_wire.py: no measure |
| 20  | a slow drip                                 | test_wire.py: no measure; other hosts |
| 21  | a body, or its gzip, that is cut            | test_wire.py: nothing broken; supersedes nothing |
| 22  | a wrong Content-Encoding                    | test_wire.py: nothing broken |
| 23  | headers that forge lines, requests, records | test_wire.py: no line is forged; as they came |
| 38  | a clock that jumps                          | test_clock.py |
| 39  | certificates that are expired, of nobody    | test_tls.py |
|     | known, of another host; TLS 1.0             |  |
| 40  | two crawls of one collection                | test_halves.py: a second crawl; archive/store/test_lock.py |
| 43  | a frontier of another version               | test_halves.py: another version |
| 44  | a report cut off while it is written        | test_halves.py: none or a whole report, list of URLs |
"""
