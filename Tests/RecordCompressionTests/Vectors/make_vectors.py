"""Writes vectors.json with the real tools: gzip, zstd and lz4 of Debian, and the encoders of kafka-python.

    python3 -m venv v && v/bin/pip install kafka-python python-snappy lz4 zstandard && v/bin/python make_vectors.py
"""
import json
import subprocess

import cramjam
from kafka.codec import snappy_encode
from kafka.record.default_records import DefaultRecordBatchBuilder

TEXT = b"".join(b'{"ts":"2026-11-21T04:33:%02d.000Z","temperature":%d.5}\n' % (i % 60, i % 40) for i in range(60))


def tool(*command):
    return subprocess.run(command, input=TEXT, stdout=subprocess.PIPE, check=True).stdout


def batch(codec):
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=False, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=999999)
    for i in range(50):
        builder.append(i, timestamp=1795000000000 + i, key=b"dev-%03d" % (i % 7), value=b'{"t":%d.5}' % i,
                       headers=[("ct", b"json")])
    return bytes(builder.build())


streams = [
    ("gzip of Debian", 1, tool("gzip", "-c")),
    ("gzip, two members", 1, tool("gzip", "-c") * 2),
    ("snappy raw, as librdkafka", 2, bytes(cramjam.snappy.compress_raw(TEXT))),
    ("snappy xerial, as Java and Python", 2, snappy_encode(TEXT)),
    ("snappy xerial, many blocks", 2, snappy_encode(TEXT, xerial_compatible=True, xerial_blocksize=100)),
    ("lz4 of Debian", 3, tool("lz4", "-c")),
    ("lz4, content size and block checksums, blocks of 64 KiB", 3, tool("lz4", "-c", "--content-size", "-BX", "-B4")),
    ("lz4, dependent blocks", 3, tool("lz4", "-c", "-BD")),
    ("zstd of Debian, size unknown", 4, tool("zstd", "-c")),
    ("zstd, level 19, no checksum", 4, tool("zstd", "-c", "-19", "--no-check")),
    ("zstd, two frames", 4, tool("zstd", "-c") * 2),
]
batches = [("none", 0, None), ("gzip", 1, 1), ("snappy", 2, 2), ("lz4", 3, 3), ("zstd", 4, 4)]
with open("vectors.json", "w") as file:
    json.dump({
        "text": TEXT.decode(),
        "streams": [{"name": n, "codec": c, "repeats": 2 if "two" in n else 1, "hex": b.hex()} for n, c, b in streams],
        "batches": [{"name": n, "codec": c, "hex": batch(c).hex()} for n, c, _ in batches],
    }, file, indent=1)
    file.write("\n")
